/** What happens while a rental runs, in words: minutes, lost machines, longer terms, notices, checkpoints, and the end. */

import { price } from '@tokenos/audit/price';
import type { Memory } from './memory.js';
import { said, type DataOf, type Said } from './said.js';
import { lasting, many, span, spans, sum, usdc, when } from './words.js';

const MINUTE_MS = 60_000;
type Usage = DataOf<'UsageMetered'>;

/** Facts that follow one another on one attempt are told together. */
export function tellMinutes(usage: readonly Usage[], memory: Memory): readonly Said[] {
  const minutes = usage.flatMap(({ firstMinute, bitmap }) =>
    [...bitmap].map((bit, index) => ({ minute: firstMinute + index, served: bit === '1' })),
  );
  const [first, last] = [minutes[0]?.minute ?? 0, minutes.at(-1)?.minute ?? 0];
  const served = minutes.filter((one) => one.served).length;
  memory.served += served;
  const missing = minutes.filter((one) => !one.served).map(({ minute }) => minute);
  const reasons = [...new Set(missing.map((minute) => whyFree(minute, memory)))];
  return [
    said(
      'I8',
      `minutes ${span(first, last)} on attempt ${usage[0]?.attempt ?? '?'}: ${served} of ${minutes.length} served`,
    ),
    ...reasons.map((reason) => {
      const those = missing.filter((minute) => whyFree(minute, memory) === reason);
      return said('I8', `free: ${those.length === 1 ? 'minute' : 'minutes'} ${spans(those)}, because ${reason}`);
    }),
  ];
}

function whyFree(minute: number, { startedAt, lost }: Memory): string {
  const begins = (startedAt ?? 0) + minute * MINUTE_MS;
  for (const one of lost) {
    if (one.at >= begins + MINUTE_MS || (one.returnedAt !== null && begins >= one.returnedAt)) continue;
    if (one.at > begins) return 'the machine was lost in it';
    return one.resumedAt === null || begins < one.resumedAt
      ? 'no machine had the rental'
      : 'the buyer was not back yet';
  }
  return 'nothing shows that it was served: no evidence, no charge';
}

export const tellClosed = (
  { lastMinute, minutesServed }: DataOf<'MeterClosed'>,
  { served }: Memory,
): readonly Said[] => [
  said(
    'I8',
    `the meter is closed: ${many(lastMinute + 1, 'minute')} in all, ${minutesServed} served; the lines above come to ${served}`,
  ),
];

export const tellInterrupted = ({
  attempt,
  why,
  fault,
  interruptedAt,
}: DataOf<'RentalInterrupted'>): readonly Said[] => [
  said('I8', `the machine of attempt ${attempt} was lost ${when(interruptedAt)}: ${why} (fault: ${fault})`),
];
export const tellResumed = ({ attempt, resumedAt }: DataOf<'RentalResumed'>): readonly Said[] => [
  said('I8', `attempt ${attempt} goes on from ${when(resumedAt)}; nothing is billed until the buyer is back`),
];
export const tellReturned = ({ attempt, returnedAt, how }: DataOf<'BuyerReturned'>): readonly Said[] => [
  said('I8', `the buyer is back on attempt ${attempt} at ${when(returnedAt)} (${how.replace('_', ' ')})`),
];

export function tellOffer(quoted: DataOf<'ExtensionQuoted'>, { requested }: Memory): readonly Said[] {
  const { minutes, rateMicroUsdcPerHour: rate, tierBps, surplusMicroUsdc, expiresAt } = quoted;
  const gpuCount = requested?.terms.gpuCount ?? 0;
  const due = price({ rate: BigInt(rate), tierBps, gpuCount, minutes });
  return [
    said(
      'pricing@1',
      `${many(minutes, 'minute')} more are offered at the price of the machine, until ${when(expiresAt)}`,
    ),
    said('pricing@1', sum(`price = floor(${rate} x ${tierBps} x ${gpuCount} x ${minutes} / (60 x 10000))`, due)),
    said('pricing@1', sum(`to pay = ${due} + ${surplusMicroUsdc}`, due + BigInt(surplusMicroUsdc))),
  ];
}
export const tellExtended = ({ minutes, endsAt }: DataOf<'RentalExtended'>): readonly Said[] => [
  said('I8', `the term is ${many(minutes, 'minute')} longer, and ends ${when(endsAt)}`),
];

export function tellNotice({ beneficiaryId, gpuUuids, receipt }: DataOf<'PreemptionNoticed'>): readonly Said[] {
  const { request, best } = receipt;
  const [chosen] = best;
  const spot = chosen?.spot ?? [];
  const sizeOf = (id: string): number => spot.find((one) => one.rentalId === id)?.gpuUuids.length ?? 0;
  const victims = chosen?.victims ?? [];
  const freed = victims.reduce((total, id) => total + sizeOf(id), 0);
  const idle = chosen?.idleGpus ?? 0;
  return [
    said(
      'preemption@1',
      `rental ${beneficiaryId} (${request.tier}, ${request.gpuCount} GPUs, paid) finds no idle machine: it is asked to give up ${gpuUuids.join(', ')}`,
    ),
    said(
      'preemption@1',
      `of ${many(best.length, 'machine')} that could be freed ${chosen?.nodeId ?? '?'} is best: ${idle} idle + ${freed} freed - ${request.gpuCount} needed = ${idle + freed - request.gpuCount} left over`,
    ),
    ...spot.map(({ rentalId, gpuUuids: own, startedAt }) =>
      said(
        'preemption@1',
        `${victims.includes(rentalId) ? 'goes' : 'stays'}: ${rentalId} with ${many(own.length, 'GPU')}, since ${when(startedAt)}`,
      ),
    ),
  ];
}
export const tellDelivered = ({ deliveredAt, deadlineAt }: DataOf<'PreemptionDelivered'>): readonly Said[] => [
  said(
    'I11',
    `the buyer was told ${when(deliveredAt)}; the deadline is ${lasting(Date.parse(deadlineAt) - Date.parse(deliveredAt))} later, ${when(deadlineAt)}`,
  ),
];

export const tellCheckpointAsked = ({ path }: DataOf<'CheckpointRequested'>): readonly Said[] => [
  said(null, `a checkpoint of ${path} is asked for`),
];
export const tellCheckpointSaved = ({ attempt, where, bytes, sha256 }: DataOf<'CheckpointSaved'>): readonly Said[] => [
  said(null, `the checkpoint of attempt ${attempt} is saved: ${many(bytes, 'byte')} at ${where}, SHA-256 ${sha256}`),
];

export const tellHalted = ({ invariant, evidence }: DataOf<'RentalHalted'>): readonly Said[] => [
  said('halted', `it is held still, because ${invariant} does not hold: ${evidence}`),
];
export const tellReleased = ({ why }: DataOf<'RentalReleased'>): readonly Said[] => [
  said('halted', `it goes on: ${why}`),
];

export function tellEnded(
  { reason, fault, effectiveAt }: DataOf<'RentalEnded'>,
  { startedAt, endsAt }: Memory,
): readonly Said[] {
  const lines = [said('order', `${reason.replaceAll('_', ' ')} at ${when(effectiveAt)}; whose fault: ${fault}`)];
  if (startedAt === null) return [...lines, said('I8', 'it never started, so nothing is charged')];
  const end = Math.min(Date.parse(effectiveAt), endsAt ?? Number.POSITIVE_INFINITY);
  const ran = end - startedAt;
  const whole = Math.max(0, Math.floor(ran / MINUTE_MS));
  return [
    ...lines,
    said(
      'I8',
      `it ran for ${lasting(ran)}: floor(${ran} ms / ${MINUTE_MS} ms) = ${many(whole, 'minute')} that can be billed`,
    ),
  ];
}

export function tellRevoked({ attempt, revokedAt }: DataOf<'AccessRevoked'>, { ended }: Memory): readonly Said[] {
  const after = ended === null ? null : Date.parse(revokedAt) - Date.parse(ended.effectiveAt);
  const how = after === null || after < 0 ? '' : `, ${lasting(after)} after the end`;
  return [said('I5', `nobody is in any more on attempt ${attempt}: ${when(revokedAt)}${how}`)];
}

export const tellUnpaid = ({ signature }: DataOf<'PaymentVanished'>, { payments }: Memory): readonly Said[] => {
  const amount = BigInt(
    payments.findLast(({ received }) => received.signature === signature)?.received.amountMicroUsdc ?? '0',
  );
  return [said('settlement@1', `${usdc(amount)} are not on the final chain: they count for nothing`)];
};
