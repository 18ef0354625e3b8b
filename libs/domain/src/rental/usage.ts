/** Which minutes of a run are billed, and what they cost so far: folded from UsageMetered, nothing else. */

import { minuteStart, wholeMinutes } from '../metering/minutes.js';
import { sum, type MicroUsdc } from '../money.js';
import { price } from '../pricing/pricing.js';
import { freeMinutes } from '../promise/promise.js';
import type { ChargeGroup } from '../settlement/facts.js';
import type { Millis } from '../time.js';
import type { Run, ServedSpan } from './run.js';
import type { Closing, Rental } from './state.js';

export const nextMinute = (run: Run): number => run.nextMinute;

export const minutesServed = (run: Run): number => run.spans.reduce((total, span) => total + span.minutes, 0);

/** A minute is billable only if it ends no later than this. */
export const billableUntil = (run: Run, closing: Closing | null): number =>
  wholeMinutes(run.startedAt, Math.min(run.endsAt, closing?.end.effectiveAt ?? run.endsAt));

/** When a run asked to end at `at` does end: never beyond its term, never before a minute that is metered already. */
export const effectiveEnd = (run: Run, at: Millis): Millis =>
  Math.min(Math.max(at, minuteStart(run.startedAt, run.nextMinute)), run.endsAt);

/** promise@1: the first so many served minutes are in no group. */
export const freeMinutesOf = (rental: Rental, run: Run): number =>
  Math.min(minutesServed(run), freeMinutes({ ...run, maxWaitMs: rental.terms.maxWaitMs }));

export type ServedGroup = Omit<ChargeGroup, 'operatorWallet'>;

/** Billed minutes by (operator, rate), in the order they first served. */
export function servedGroups(rental: Rental, run: Run | null): readonly ServedGroup[] {
  if (run === null) return [];
  const groups = new Map<string, ServedGroup>();
  for (const { operatorId, rateMicroUsdcPerHour, minutes } of billed(run.spans, freeMinutesOf(rental, run))) {
    const key = `${operatorId} ${rateMicroUsdcPerHour}`;
    const group = groups.get(key);
    const { tierBps } = rental.quote;
    groups.set(
      key,
      group === undefined
        ? { operatorId, rateMicroUsdcPerHour, tierBps, gpuCount: rental.terms.gpuCount, minutes }
        : { ...group, minutes: group.minutes + minutes },
    );
  }
  return [...groups.values()];
}

/** What is left of the spans once the first `free` minutes are taken out. */
function billed(spans: readonly ServedSpan[], free: number): readonly ServedSpan[] {
  let left = free;
  return spans.flatMap((span) => {
    const taken = Math.min(left, span.minutes);
    left -= taken;
    return span.minutes === taken ? [] : [{ ...span, minutes: span.minutes - taken }];
  });
}

export const costOf = (rental: Rental, run: Run | null): MicroUsdc => sum(servedGroups(rental, run).map(price));
