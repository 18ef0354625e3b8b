/** Tampering with the choice of a machine: which was taken, and what was said of those that were not. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { both, drop } from '@tokenos/testing/wire/entries';
import { added, alter, candidates, plus, type Candidate, type Edit, type Placed } from './edits.js';
import { machine, rental, type Tampering } from './tampering.js';

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
