/** Which machine was chosen, in words: the candidates with the arithmetic of their scores, and who was passed over for what. */

import type { Memory } from './memory.js';
import { said, type DataOf, type Said } from './said.js';
import { lasting, many, usdc, when } from './words.js';

type Placed = DataOf<'RentalPlaced'>;
type Candidate = Placed['receipt']['best'][number];

export function tellPlaced({
  attempt,
  nodeId,
  operatorId,
  gpus,
  rateMicroUsdcPerHour,
  receipt,
}: Placed): readonly Said[] {
  const cap = BigInt(receipt.capMicroUsdcPerHour);
  const passed = Object.entries({ ...receipt.unfit, ...receipt.refused })
    .filter(([, count]) => (count ?? 0) > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const leases = gpus.map(({ uuid, leaseEpoch }) => `${uuid} under epoch ${leaseEpoch}`).join(', ');
  return [
    said(
      'placement@1',
      `attempt ${attempt}: node ${nodeId} of operator ${operatorId}, at ${usdc(BigInt(rateMicroUsdcPerHour))} per GPU-hour`,
    ),
    said('I3', `its ${many(gpus.length, 'GPU')}: ${leases}`),
    said('placement@1', `${many(receipt.best.length, 'candidate')}, the best first; the cap is ${cap}`),
    ...receipt.best.flatMap((candidate, place) => candidateLines(candidate, place + 1, cap)),
    ...passed.map(([reason, count]) => said('placement@1', `passed over: ${count} (${reason.replaceAll('_', ' ')})`)),
  ];
}

function candidateLines(
  { nodeId, rateMicroUsdcPerHour, reputationBps, idleGpus, tieBreak }: Candidate,
  place: number,
  cap: bigint,
): Said[] {
  const rate = BigInt(rateMicroUsdcPerHour);
  const advantage = (10_000n * (cap - rate)) / cap;
  const score = 7n * BigInt(reputationBps) + 3n * advantage;
  return [
    said('placement@1', `${place}. ${nodeId}: ${many(idleGpus, 'idle GPU')}, tie-break ${tieBreak.slice(0, 8)}...`),
    said('placement@1', `   cheaper than the cap: floor(10000 x (${cap} - ${rate}) / ${cap}) = ${advantage} bps`),
    said('placement@1', `   score = 7 x ${reputationBps} + 3 x ${advantage} = ${score}`),
  ];
}

export const tellFailed = ({ attempt, why, fault }: DataOf<'PlacementFailed'>): readonly Said[] => [
  said('placement@1', `attempt ${attempt} failed: ${why} (fault: ${fault})`),
];

/** promise@1 counts from the block of the payment that completed the price. */
export function tellStarted({ attempt, startedAt, endsAt }: DataOf<'RentalStarted'>, memory: Memory): readonly Said[] {
  const { requested, payments } = memory;
  const first = payments.filter(({ received }) => received.extensionId === undefined);
  const paidAt = Math.max(...first.map(({ received }) => Date.parse(received.blockTime)));
  const waited = Date.parse(startedAt) - paidAt;
  const patient = (requested?.terms.maxWaitMs ?? 0) > 60_000;
  const outcome = patient
    ? 'no promise, because the buyer had agreed to wait longer than 60 s'
    : waited > 60_000
      ? 'more than 60 s: the first 10 served minutes are free'
      : 'no more than 60 s, as promised';
  return [
    said('I8', `the first login on attempt ${attempt}: the clock runs from ${when(startedAt)}`),
    said('promise@1', `${lasting(waited)} after the block of the payment: ${outcome}`),
    said('I8', `the term ends ${when(endsAt)}`),
  ];
}
