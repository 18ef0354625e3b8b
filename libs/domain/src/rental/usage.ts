/** Which minutes of a run were served, and what they cost so far: folded from UsageMetered, nothing else. */

import { minuteStart, servedIn, wholeMinutes } from '../metering/minutes.js';
import { sum, type MicroUsdc } from '../money.js';
import { price } from '../pricing/pricing.js';
import type { ChargeGroup } from '../settlement/facts.js';
import type { Millis } from '../time.js';
import type { Closing, Rental, Run } from './state.js';

/** Index of the first minute not yet metered: each minute is metered exactly once, in order. */
export const nextMinute = (run: Run): number =>
  run.metered.reduce((next, usage) => Math.max(next, usage.firstMinute + usage.bitmap.length), 0);

export const minutesServed = (run: Run): number =>
  run.metered.reduce((total, usage) => total + servedIn(usage.bitmap), 0);

/** A minute is billable only if it ends no later than this. */
export const billableUntil = (run: Run, closing: Closing | null): number =>
  wholeMinutes(run.startedAt, Math.min(run.endsAt, closing?.end.effectiveAt ?? run.endsAt));

/** When a run asked to end at `at` does end: never beyond its term, never before a minute that is metered already. */
export const effectiveEnd = (run: Run, at: Millis): Millis =>
  Math.min(Math.max(at, minuteStart(run.startedAt, nextMinute(run))), run.endsAt);

export type ServedGroup = Omit<ChargeGroup, 'operatorWallet'>;

/** Served minutes by (operator, rate, tier). */
export function servedGroups(rental: Rental, run: Run | null): readonly ServedGroup[] {
  if (run === null || minutesServed(run) === 0) return [];
  const { operatorId, rateMicroUsdcPerHour } = run.placement;
  const { tierBps } = rental.quote;
  return [{ operatorId, rateMicroUsdcPerHour, tierBps, gpuCount: rental.terms.gpuCount, minutes: minutesServed(run) }];
}

export const costOf = (rental: Rental, run: Run | null): MicroUsdc => sum(servedGroups(rental, run).map(price));
