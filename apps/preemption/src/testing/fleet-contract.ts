/** What the fleet promises: machines, leases and names exactly as the facts left them. */

import { uuid } from '@tokenos/testing/generators/names';
import { interrupted, noticed, delivered, RESUMED_AT, resumed } from '@tokenos/testing/generators/sample-course';
import {
  ended,
  expired,
  failed,
  OPERATOR,
  placed,
  RATE,
  revoked,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import { NO_RECORD } from '@tokenos/domain/reputation/reputation';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { StoresBench } from './stores-contract.js';
import { machineFacts, NODE, paidFacts, runningFacts, spotId } from './world.js';

const OTHER = uuid('c', 2);
const SPOT = spotId(1);

const scored = (scoreBps: number): OperatorFact => ({
  type: 'ReputationRecomputed',
  data: { rules: 'reputation@1', day: '2026-11-23', inputs: NO_RECORD, scoreBps, tier: 'BRONZE', provisional: true },
});

export function fleetContract({ stores, node, rental, operator }: StoresBench): void {
  describe('the fleet', () => {
    const leases = async () =>
      (await stores().fleet.openLeases()).map(
        ({ attempt, phase, tier, startedAt, awaitsDelivery }) =>
          `${attempt} ${tier} ${phase}${startedAt === null ? '' : ` since ${startedAt - STARTED_AT}`}${awaitsDelivery ? ' to be told' : ''}`,
      );

    it('knows a machine as it enrolled and was verified, and nothing of one that has not', async () => {
      await node(NODE, ...machineFacts(1));
      const { operatorId, nodeKey, gpuTier, region } = enrolment;
      expect(await stores().fleet.node(NODE)).toEqual({
        ...{ nodeId: NODE, operatorId, nodeKey, gpuTier, region, gpuUuids: ['GPU-0'] },
        ...{ verified: true, draining: false, retired: false, rateMicroUsdcPerHour: RATE },
      });
      expect(await stores().fleet.node(OTHER)).toBeNull();
    });

    it('follows a machine that is drained, resumed, refused and retired', async () => {
      await node(OTHER, ...machineFacts(1, OTHER));
      await node(NODE, ...machineFacts(1), { type: 'NodeDrained', data: {} });
      expect(await stores().fleet.node(NODE)).toMatchObject({ draining: true });
      await node(NODE, { type: 'NodeResumed', data: {} }, { type: 'NodeRejected', data: { why: 'gone' } });
      expect(await stores().fleet.node(NODE)).toMatchObject({ draining: false, verified: false });
      expect((await stores().fleet.nodes()).map(({ nodeId }) => nodeId)).toEqual([NODE, OTHER]);
      await node(NODE, { type: 'NodeRetired', data: {} });
      expect((await stores().fleet.nodes()).map(({ nodeId }) => nodeId)).toEqual([OTHER]);
    });

    it('follows a lease to the end of access, and its notice on the way', async () => {
      await rental(SPOT, ...paidFacts(SPOT, { tier: 'SPOT' }), placed());
      expect(await leases()).toEqual(['1 SPOT starting']);
      await rental(SPOT, ...runningFacts(SPOT, ['GPU-0'], { tier: 'SPOT' }).slice(-1));
      expect(await leases()).toEqual(['1 SPOT running since 0']);
      await rental(SPOT, noticed);
      expect(await leases()).toEqual(['1 SPOT running since 0 to be told']);
      await rental(SPOT, delivered());
      expect(await leases()).toEqual(['1 SPOT running since 0']);
      await rental(SPOT, ended('preempted', STARTED_AT));
      expect(await leases()).toEqual(['1 SPOT ending since 0']);
      await rental(SPOT, revoked(STARTED_AT));
      expect(await leases()).toEqual([]);
    });

    it('keeps the lost machine of an interrupted rental taken, beside the one it moved to', async () => {
      await rental(
        SPOT,
        ...runningFacts(SPOT, ['GPU-0'], { tier: 'SPOT' }),
        noticed,
        interrupted(),
        placed(2),
        resumed(),
      );
      expect(await leases()).toEqual(['1 SPOT ending since 0', `2 SPOT running since ${RESUMED_AT - STARTED_AT}`]);
    });

    it('takes a failed attempt for over', async () => {
      await rental(SPOT, ...paidFacts(SPOT, { tier: 'RESERVED', minutes: 10_080 }), placed(), failed(), placed(2));
      expect(await leases()).toEqual(['2 RESERVED starting']);
      await rental(spotId(2), ...paidFacts(spotId(2)).slice(0, 1), expired);
      expect(await leases()).toEqual(['2 RESERVED starting']);
    });

    it('knows the latest score of each operator who has one', async () => {
      expect([...(await stores().fleet.reputations())]).toEqual([]);
      await operator(OPERATOR, scored(5_000), scored(6_000));
      expect([...(await stores().fleet.reputations())]).toEqual([[OPERATOR, 6_000]]);
    });
  });
}
