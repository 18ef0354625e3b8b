/** What the fleet promises: machines and leases exactly as the facts left them. */

import { uuid } from '@tokenos/testing/generators/names';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import {
  ended,
  failed,
  placed,
  RATE,
  RENTAL,
  revoked,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { enrolledAs, type StoresBench } from './stores-contract.js';

const [NODE, OTHER] = [uuid('c', 1), uuid('c', 2)];

export function fleetContract({ stores, node, rental }: StoresBench): void {
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
