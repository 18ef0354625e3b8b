/** What the fleet promises: machines and leases exactly as the facts left them. */

import type { OperatorFact } from '@tokenos/domain/operator/operator';
import {
  checkpointRequested,
  checkpointSaved,
  interrupted,
  NOTICED_AT,
  resumed,
  returned,
} from '@tokenos/testing/generators/sample-course';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import {
  ended,
  failed,
  OPERATOR,
  placed,
  RATE,
  RENTAL,
  requested,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { enrolledAs, type StoresBench } from './stores-contract.js';

const recomputed = (scoreBps: number): OperatorFact => ({
  type: 'ReputationRecomputed',
  data: {
    ...{ rules: 'reputation@1', day: '2026-11-22', scoreBps, tier: 'SILVER', provisional: true },
    inputs: { ageDays: 1, uptime: [], ratings: [], jobs: { completed: 0, failed: 0 } },
  },
});
const [NODE, OTHER] = [uuid('c', 1), uuid('c', 2)];

export function fleetContract({ stores, node, rental, operator }: StoresBench): void {
  describe('the fleet', () => {
    const phases = async (nodeId = NODE) =>
      (await stores().fleet.openLeases(nodeId)).map(({ attempt, phase }) => `${attempt} ${phase}`);

    it('knows a machine as it enrolled, and nothing of one that has not', async () => {
      await node(NODE, enrolledAs(NODE));
      const { operatorId, nodeKey, gpuTier, region, sshHost, sshPort, hostKey } = enrolment;
      expect(await stores().fleet.node(NODE)).toEqual({
        ...{ nodeId: NODE, operatorId, nodeKey, gpuTier, region, sshHost, sshPort, hostKey },
        ...{ gpuUuids: ['GPU-1', 'GPU-2'], verification: 'pending', draining: false, retired: false },
        rateMicroUsdcPerHour: null,
      });
      expect(await stores().fleet.node(OTHER)).toBeNull();
    });

    it('changes by each fact what that fact is about, and nothing else', async () => {
      await node(NODE, enrolledAs(NODE));
      const steps = [
        [{ type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } }, { rateMicroUsdcPerHour: RATE }],
        [{ type: 'NodeVerified', data: { hostKey: 'k' } }, { verification: 'verified' }],
        [{ type: 'NodeDrained', data: {} }, { draining: true }],
        [{ type: 'NodeResumed', data: {} }, { draining: false }],
        [{ type: 'NodeRejected', data: { why: 'gone' } }, { verification: 'rejected' }],
      ] as const;
      for (const [fact, change] of steps) {
        const before = await stores().fleet.node(NODE);
        await node(NODE, fact);
        expect(await stores().fleet.node(NODE)).toEqual({ ...before, ...change });
      }
    });

    it('lists machines by id, and a retired one no more', async () => {
      await node(OTHER, enrolledAs(OTHER));
      await node(NODE, enrolledAs(NODE));
      const ids = async () => (await stores().fleet.nodes()).map(({ nodeId }) => nodeId);
      expect(await ids()).toEqual([NODE, OTHER]);
      await node(NODE, { type: 'NodeRetired', data: {} });
      expect(await ids()).toEqual([OTHER]);
      expect(await stores().fleet.node(NODE)).toMatchObject({ retired: true });
    });

    it('follows a lease from its placement to the end of access', async () => {
      const end = ended('buyer_stopped', STARTED_AT);
      const steps = [
        [placed(), ['1 starting']],
        [started(), ['1 running']],
        [end, ['1 ending']],
        [revoked(STARTED_AT), []],
      ] as const;
      for (const [fact, expected] of steps) {
        await rental(RENTAL, fact);
        expect(await phases()).toEqual(expected);
      }
    });

    it('follows a rental that loses its machine from one lease to the next, and what it waits for there', async () => {
      const lease = async (nodeId: string) => (await stores().fleet.openLeases(nodeId))[0];
      await rental(RENTAL, requested, placed(), started(), interrupted());
      expect(await phases()).toEqual(['1 ending']);
      await rental(RENTAL, placed(2), resumed());
      expect([await phases(), await phases(OTHER)]).toEqual([['1 ending'], ['2 running']]);
      expect(await lease(OTHER)).toMatchObject({ awaitsBuyer: true, checkpointAt: null });
      await rental(RENTAL, returned(), checkpointRequested());
      expect(await lease(OTHER)).toMatchObject({ awaitsBuyer: false, checkpointAt: NOTICED_AT });
      await rental(RENTAL, checkpointSaved(2), revoked(STARTED_AT));
      expect(await lease(OTHER)).toMatchObject({ phase: 'running', checkpointAt: null });
      expect(await phases()).toEqual([]);
      await rental(RENTAL, ended('buyer_stopped', STARTED_AT));
      expect([await phases(), await phases(OTHER)]).toEqual([[], ['2 ending']]);
    });

    it('knows the latest score of each operator that has one', async () => {
      await operator(OPERATOR, recomputed(8_100), recomputed(8_200));
      expect([...(await stores().fleet.reputations())]).toEqual([[OPERATOR, 8_200]]);
    });

    it('takes a failed attempt for over, whatever becomes of its rental, and follows the next one', async () => {
      await rental(RENTAL, placed(), failed());
      expect(await phases()).toEqual([]);
      await rental(RENTAL, ended('buyer_stopped', STARTED_AT));
      expect(await phases()).toEqual([]);
      await rental(uuid('a', 2), placed(), failed(), placed(2));
      expect([await phases(), await phases(OTHER)]).toEqual([[], ['2 starting']]);
    });
  });
}
