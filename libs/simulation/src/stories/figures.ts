/** What a story comes to, in minutes and money; and what is wrong with it, if anything. */

import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { Told } from './tell.js';

/** By rental: how it ended, the minutes of each attempt, and who got what. Not when, and not by which transfer. */
export type Figures = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

export function figuresOf({ envelopes }: Pick<Told, 'envelopes'>): Figures {
  const figures: Record<string, Record<string, string | number>> = {};
  for (const envelope of envelopes) {
    if (categoryOf(envelope.stream) !== 'rental') continue;
    const of = (figures[envelope.stream] ??= {});
    const fact = rentalStream.decode(envelope);
    if (fact.type === 'RentalEnded') of['ended'] = fact.data.reason;
    if (fact.type === 'RequestExpired') of['ended'] = 'expired';
    if (fact.type === 'MeterClosed') of['minutes'] = fact.data.minutesServed;
    if (fact.type === 'RentalSettled')
      for (const [name, amount] of Object.entries(fact.data)) of[name] = String(amount);
  }
  return figures;
}

/** Words for people; none where all is well. */
export function faultsOf({ report, treasuryMicroUsdc, story, envelopes, memos }: Told): readonly string[] {
  const { findings, totals } = report;
  const { paidMicroUsdc, shortfallMicroUsdc, operatorMicroUsdc, feeMicroUsdc, refundedMicroUsdc, heldMicroUsdc } =
    totals;
  const faults = findings
    .filter(({ code }) => !(story.expects ?? []).includes(code))
    .map(({ code, stream, message }) => `${code} ${stream}: ${message}`);
  const received = operatorMicroUsdc + feeMicroUsdc + refundedMicroUsdc + heldMicroUsdc;
  const given = paidMicroUsdc + shortfallMicroUsdc;
  if (given !== received) faults.push(`paid ${given}, and that is not ${received}`);
  const due = feeMicroUsdc + heldMicroUsdc - shortfallMicroUsdc;
  if (treasuryMicroUsdc !== due) faults.push(`the treasury holds ${treasuryMicroUsdc} on the chain, not ${due}`);
  for (const [memo, times] of anchorsOf(envelopes, memos)) {
    if (times !== 1) faults.push(`${times} times on the chain: ${memo}`);
  }
  return faults;
}

/** How often the chain says what was published, and whatever else it says; nothing more than once. */
function anchorsOf(envelopes: readonly Envelope[], memos: readonly string[]): ReadonlyMap<string, number> {
  const published = envelopes
    .filter(({ type }) => type === 'AnchorPublished.v1')
    .map(({ data }) => (data as { readonly memo: string }).memo);
  const times = new Map(published.map((memo) => [memo, 0]));
  for (const memo of memos) times.set(memo, (times.get(memo) ?? 0) + 1);
  return times;
}
