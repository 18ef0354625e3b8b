/**
 * How 90 days pass in a second: as long as nothing happens, what repeats is taken together.
 *
 * A machine that is well says so every 5 s, is probed every 45 s and shows its minute every 60 s; the treasury is scanned every 10 s.
 * In 90 days that is four million runs that find the same as the one before. A run of one of these duties that asked for its usual
 * pause is followed by the last one before the next loud event (see timeline.ts), and those between are passed over. What they
 * would have left behind is kept as a span, and becomes evidence when it is read (see platform/evidence.ts).
 *
 * That this changes no minute and no coin is not believed but tested: steady.spec.ts runs the same story both ways and compares
 * the facts, down to the hash of the evidence.
 */

import { MINUTE, type Millis } from '@tokenos/domain/time';
import type { DutyRow, Outcome } from './duty-table.js';
import type { Timeline } from './timeline.js';

/** Runs that were passed over: at `first`, and at every `pause` after it. */
export interface Span {
  readonly first: Millis;
  readonly pause: Millis;
  readonly count: number;
}

/**
 * Duties that repeat without consequence, with the pause that says that all is well; null for one that changes nothing for the
 * others here, but is never passed over itself.
 */
export type Rhythms = Readonly<Record<string, Millis | null>>;

export type PassedOver = (row: DutyRow, span: Span) => void;

/** After something went wrong nothing is passed over for so long. */
export const SETTLES_WITHIN: Millis = 5 * MINUTE;

type Retry = Extract<Outcome, { do: 'retry' }>;

export class Steady {
  constructor(
    private readonly rhythms: Rhythms,
    private readonly passedOver: PassedOver = () => undefined,
  ) {}

  isQuiet({ kind }: DutyRow): boolean {
    return this.rhythms[kind] !== undefined;
  }

  /** The same outcome, or one that passes over runs until shortly before the next loud event. */
  stretched(row: DutyRow, outcome: Retry, timeline: Timeline): Retry {
    const pause = this.rhythms[row.kind];
    if (pause == null) return outcome;
    if (outcome.dueAt - timeline.now() !== pause) {
      // A probe that failed, a scan that found the chain away.
      timeline.stayAwake(SETTLES_WITHIN);
      return outcome;
    }
    const span = spanBefore(outcome.dueAt, pause, timeline.nextLoud());
    if (span.count === 0) return outcome;
    this.passedOver(row, span);
    return { ...outcome, dueAt: endOf(span) };
  }
}

/** All but the last of first, first + pause and so on before the horizon; none where there is no horizon. */
export function spanBefore(first: Millis, pause: Millis, horizon: Millis): Span {
  const before = horizon === Infinity ? 0 : Math.ceil((horizon - first) / pause);
  return { first, pause, count: Math.max(0, before - 1) };
}

/** The first time that is not passed over. */
export const endOf = ({ first, pause, count }: Span): Millis => first + count * pause;
