/** Tampering with choices: which machine was taken, which GPUs, and who had to yield. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { both, drop, dress } from '@tokenos/testing/wire/entries';
import { added, alter, candidates, plus, type Candidate, type Edit, type Placed } from './edits.js';
import { machine, rental, type Tampering } from './tampering.js';

const lease = (stream: string, change: (epoch: number) => number): Edit =>
  alter(stream, 'RentalPlaced', ({ gpus, ...rest }: Placed) => ({
    ...rest,
    gpus: gpus.map(({ uuid, leaseEpoch }) => ({ uuid, leaseEpoch: change(leaseEpoch) })),
  }));

/** The second candidate is taken, and whatever the placement says of the first it says of that one. */
const takeSecond = ({ receipt, ...rest }: Placed): object => {
  const second = receipt.best[1];
  if (second === undefined) throw new Error('there was no second candidate');
  const { nodeId, operatorId, rateMicroUsdcPerHour } = second;
  return { ...rest, receipt, nodeId, operatorId, rateMicroUsdcPerHour };
};

const scored = (one: Candidate): Candidate => ({ ...one, score: 7 * one.reputationBps + 3 * one.priceAdvantageBps });
const first =
  (change: (one: Candidate) => Candidate) =>
  ([one, ...others]: readonly Candidate[]): readonly Candidate[] =>
    one === undefined ? others : [change(one), ...others];

const says = (stream: string, type: string, before: string, at: string, data = {}): Edit =>
  added({ stream, type: `${type}.v1`, by: 'gateway', at, data }, before);

export const placements: readonly Tampering[] = [
  {
    what: 'another machine is taken than the best',
    on: rental.stopped,
    by: 'placement@1',
    edit: alter(rental.stopped, 'RentalPlaced', takeSecond),
  },
  {
    what: 'the candidates stand in another order, and the first is taken',
    on: rental.stopped,
    by: 'placement@1',
    edit: both(
      candidates(rental.stopped, (best) => [...best].reverse()),
      alter(rental.stopped, 'RentalPlaced', ({ receipt, ...rest }: Placed) => ({
        ...rest,
        receipt,
        nodeId: receipt.best[0]?.nodeId,
        operatorId: receipt.best[0]?.operatorId,
        rateMicroUsdcPerHour: receipt.best[0]?.rateMicroUsdcPerHour,
      })),
    ),
  },
  {
    what: 'a candidate is left out',
    on: rental.stopped,
    by: 'placement@1',
    edit: candidates(rental.stopped, (best) => best.slice(0, -1)),
  },
  {
    what: 'a candidate is left out and counted as too dear',
    on: rental.stopped,
    by: 'placement@1',
    edit: both(
      candidates(rental.stopped, (best) => best.slice(0, -1)),
      alter(rental.stopped, 'RentalPlaced', ({ receipt, ...rest }: Placed) => ({
        ...rest,
        receipt: { ...receipt, unfit: { ...receipt.unfit, rate_above_cap: 1 } },
      })),
    ),
  },
  {
    what: 'a candidate has a reputation that it never had',
    on: rental.late,
    by: 'placement@1',
    edit: candidates(
      rental.late,
      first((one) => scored({ ...one, reputationBps: one.reputationBps + 1 })),
    ),
  },
  {
    what: 'a candidate has a score that its numbers do not give',
    on: rental.stopped,
    by: 'placement@1',
    edit: candidates(
      rental.stopped,
      first((one) => ({ ...one, score: one.score + 1 })),
    ),
  },
  {
    what: 'a candidate asks for less than it did',
    on: rental.stopped,
    by: 'placement@1',
    edit: candidates(rental.stopped, (best) =>
      best.map((one, place) =>
        place === 1 ? { ...one, rateMicroUsdcPerHour: plus(one.rateMicroUsdcPerHour, -1n) } : one,
      ),
    ),
  },
  {
    what: 'a candidate has an idle GPU more than was free',
    on: rental.stopped,
    by: 'placement@1',
    edit: candidates(
      rental.stopped,
      first((one) => ({ ...one, idleGpus: one.idleGpus + 1 })),
    ),
  },
  {
    what: 'the hash of the full list is another',
    on: rental.stopped,
    by: 'placement@1',
    edit: alter(rental.stopped, 'RentalPlaced', ({ receipt, ...rest }: Placed) => ({
      ...rest,
      receipt: { ...receipt, fullListSha256: sha256Hex(canonical([])) },
    })),
  },
  {
    what: 'the machine costs more than the cap',
    on: rental.stopped,
    by: 'placement@1',
    edit: both(
      candidates(
        rental.stopped,
        first((one) => ({ ...one, rateMicroUsdcPerHour: '6000001', priceAdvantageBps: 0, score: 0 })),
      ),
      alter(rental.stopped, 'RentalPlaced', (placed: Placed) => ({ ...placed, rateMicroUsdcPerHour: '6000001' })),
    ),
  },
  {
    what: 'the machine was verified by nobody',
    on: rental.stopped,
    by: 'placement@1',
    edit: drop(machine(2), 'NodeVerified.v1'),
  },
  {
    what: 'the machine was draining',
    on: rental.late,
    by: 'placement@1',
    edit: says(machine(1), 'NodeDrained', 'NodeUptimeRecorded', '2026-11-23T20:00:00.000Z'),
  },
  {
    what: 'the machine had retired',
    on: rental.late,
    by: 'placement@1',
    edit: says(machine(1), 'NodeRetired', 'NodeUptimeRecorded', '2026-11-23T20:00:00.000Z'),
  },
  {
    what: 'the machine had another price by then',
    on: rental.late,
    by: 'placement@1',
    edit: says(machine(1), 'NodePriced', 'NodeUptimeRecorded', '2026-11-23T20:00:00.000Z', {
      rateMicroUsdcPerHour: '5900000',
    }),
  },
  {
    what: 'RESERVED is placed where no other machine could take it over',
    on: rental.reserved,
    by: 'placement@1',
    edit: both(
      ...[2, 3, 4].flatMap((n) => [drop(machine(n), 'NodeVerified.v1')]),
      alter(rental.reserved, 'RentalPlaced', ({ receipt, ...rest }: Placed) => ({
        ...rest,
        receipt: { ...receipt, unfit: { ...receipt.unfit, unverified: 3 } },
      })),
      candidates(rental.reserved, (best) => best.slice(0, 1)),
    ),
  },
];

export const gpus: readonly Tampering[] = [
  {
    what: 'a GPU is taken before the rental before has left it',
    on: rental.beneficiary,
    by: 'I3',
    edit: both(
      dress(rental.spot, 'AccessRevoked.v1', { at: '2026-11-23T11:22:08.000Z' }),
      dress(rental.spot, 'SettlementConfirmed.v1', { at: '2026-11-23T11:22:08.000Z' }),
    ),
  },
  {
    what: 'two rentals hold a GPU under the same epoch',
    on: rental.beneficiary,
    by: 'I3',
    edit: lease(rental.beneficiary, (epoch) => epoch - 1),
  },
  {
    what: 'a lease epoch goes back',
    on: rental.stopped,
    by: 'I3',
    edit: lease(rental.stopped, (epoch) => epoch + 3),
  },
  {
    what: 'a GPU is leased that the machine does not have',
    on: rental.stopped,
    by: 'placement@1',
    edit: alter(rental.stopped, 'RentalPlaced', ({ gpus: leased, ...rest }: Placed) => ({
      ...rest,
      gpus: leased.map((gpu) => ({ ...gpu, uuid: 'GPU-9-9' })),
    })),
  },
];

interface Noticed {
  readonly gpuUuids: readonly string[];
  readonly receipt: {
    readonly request: object;
    readonly best: readonly {
      readonly idleGpus: number;
      readonly victims: readonly string[];
      readonly spot: readonly { readonly startedAt: string }[];
    }[];
  };
}

/** The first machine of the receipt changed, and the hash over the list made anew. */
const noticed = (change: (node: Noticed['receipt']['best'][number]) => object): Edit =>
  alter(rental.spot, 'PreemptionNoticed', ({ receipt, ...rest }: Noticed) => {
    const best = receipt.best.map((node, place) => (place === 0 ? change(node) : node));
    return { ...rest, receipt: { ...receipt, best, fullListSha256: sha256Hex(canonical(best)) } };
  });

export const yielding: readonly Tampering[] = [
  {
    what: 'nobody was chosen to yield',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({ ...node, victims: [] })),
  },
  {
    what: 'the victim started at another time',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({
      ...node,
      spot: node.spot.map((one) => ({ ...one, startedAt: '2026-11-23T10:59:59.000Z' })),
    })),
  },
  {
    what: 'somebody yields though enough GPUs are idle',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({ ...node, idleGpus: 2 })),
  },
  {
    what: 'the request that others yield to asked for something else',
    on: rental.spot,
    by: 'preemption@1',
    edit: alter(rental.spot, 'PreemptionNoticed', ({ receipt, ...rest }: Noticed) => ({
      ...rest,
      receipt: { ...receipt, request: { ...receipt.request, tier: 'RESERVED' } },
    })),
  },
  {
    what: 'others yield to a request that nobody paid',
    on: rental.spot,
    by: 'preemption@1',
    edit: drop(rental.beneficiary, 'PaymentReceived.v1'),
  },
  {
    what: 'another GPU comes free than the victim had',
    on: rental.spot,
    by: 'preemption@1',
    edit: alter(rental.spot, 'PreemptionNoticed', (data: Noticed) => ({ ...data, gpuUuids: ['GPU-3-1'] })),
  },
];
