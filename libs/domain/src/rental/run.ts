/** A run: from the first authenticated probe on, one stretch per machine, and the minutes served on each. Folded fact by fact. */

import { minuteEnd, minuteStart, servedIn } from '../metering/minutes.js';
import type { MicroUsdc } from '../money.js';
import type { PreemptionDelivered, PreemptionNoticed } from '../preemption/facts.js';
import type { Millis } from '../time.js';
import type { RentalPlaced, UsageMetered } from './facts.js';

/** One machine's part of a run. */
export interface Segment {
  readonly placement: RentalPlaced;
  readonly from: Millis;
  /** Minutes that start earlier are free: after a failover, until the buyer is back in. Null: not back yet. */
  readonly billableFrom: Millis | null;
  /** When the machine was lost; null while it is there. */
  readonly until: Millis | null;
}

/** Consecutive served minutes at one operator and rate. */
export interface ServedSpan {
  readonly operatorId: string;
  readonly nodeId: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly minutes: number;
}

export interface Notice {
  readonly noticed: PreemptionNoticed;
  readonly delivered: PreemptionDelivered | null;
}

export interface Run {
  /** Block time of the payment that covered the quote: what promise@1 counts from. */
  readonly paidAt: Millis;
  readonly startedAt: Millis;
  readonly endsAt: Millis;
  /** The current machine, or the last one. */
  readonly placement: RentalPlaced;
  /** Oldest first, at least one. */
  readonly segments: readonly Segment[];
  /** First minute not yet metered: each is metered exactly once, in order. */
  readonly nextMinute: number;
  /** In time order. */
  readonly spans: readonly ServedSpan[];
  /** The rental has been told to yield; null again after an interruption, because its GPUs are gone anyway. */
  readonly notice: Notice | null;
}

export function begin(placement: RentalPlaced, paidAt: Millis, startedAt: Millis, endsAt: Millis): Run {
  const segments = [{ placement, from: startedAt, billableFrom: startedAt, until: null }];
  return { paidAt, startedAt, endsAt, placement, segments, nextMinute: 0, spans: [], notice: null };
}

const changeLast = (run: Run, change: Partial<Segment>): Run => ({
  ...run,
  segments: run.segments.map((segment, index) =>
    index === run.segments.length - 1 ? { ...segment, ...change } : segment,
  ),
});

export const interrupt = (run: Run, until: Millis): Run => ({ ...changeLast(run, { until }), notice: null });

export const resume = (run: Run, placement: RentalPlaced, from: Millis): Run => ({
  ...run,
  placement,
  segments: [...run.segments, { placement, from, billableFrom: null, until: null }],
});

export const buyerBack = (run: Run, billableFrom: Millis): Run => changeLast(run, { billableFrom });

/** The segment a minute belongs to: the latest that had begun before the minute's end. */
export function segmentOf(run: Run, minute: number): Segment {
  const end = minuteEnd(run.startedAt, minute);
  const segment = run.segments.findLast(({ from }) => from < end) ?? run.segments[0];
  if (segment === undefined) throw new Error('a run without a machine');
  return segment;
}

/** One machine had the whole minute, and the buyer could be in it. */
export function isBillable(run: Run, minute: number): boolean {
  const { billableFrom, until } = segmentOf(run, minute);
  if (billableFrom === null || minuteStart(run.startedAt, minute) < billableFrom) return false;
  return until === null || minuteEnd(run.startedAt, minute) <= until;
}

export function count(run: Run, { firstMinute, bitmap }: UsageMetered): Run {
  const { placement } = segmentOf(run, firstMinute);
  const { operatorId, nodeId, rateMicroUsdcPerHour } = placement;
  const nextMinute = Math.max(run.nextMinute, firstMinute + bitmap.length);
  const minutes = servedIn(bitmap);
  if (minutes === 0) return { ...run, nextMinute };
  const last = run.spans.at(-1);
  const joins = last?.nodeId === nodeId && last.rateMicroUsdcPerHour === rateMicroUsdcPerHour;
  const spans = joins
    ? [...run.spans.slice(0, -1), { ...last, minutes: last.minutes + minutes }]
    : [...run.spans, { operatorId, nodeId, rateMicroUsdcPerHour, minutes }];
  return { ...run, nextMinute, spans };
}
