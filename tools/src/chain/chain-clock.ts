/**
 * Keeps the chain's clock on the wall's. Surfpool counts slots, and counts about 1 % too many (an extra block each 75) or,
 * on a busy or sleeping machine, too few: within an hour block times would be half a minute off.
 */

import { SLOT_MS, type SurfnetEvent } from './surfnet.js';

export type Correction =
  { readonly kind: 'pause'; readonly ms: number } | { readonly kind: 'skip'; readonly slots: number };

/** Ahead by more than two slots it pauses, behind by more than half a second it skips slots; in between it is left alone. */
const AHEAD_MS = 2 * SLOT_MS;
const BEHIND_MS = 500;

/** Where the wall's clock was set back by hours, the chain slows down instead of standing still. */
const LONGEST_PAUSE_MS = 1_000;

export interface ChainClock {
  /** What to do, seen from events that just arrived; at most one correction per chain second. */
  observe(events: readonly SurfnetEvent[], wallMs: number): Correction | null;
}

export function chainClock(): ChainClock {
  let second: number | null = null;
  return {
    observe(events, wallMs) {
      const latest = events.findLast((event) => event.clock !== undefined)?.clock?.unixTimestamp;
      if (latest === undefined || latest === second) return null;
      const first = second === null;
      second = latest;
      // Block times are whole seconds: only the moment at which one begins tells the phase.
      return first ? null : correct(latest * 1000 - wallMs);
    },
  };
}

function correct(aheadMs: number): Correction | null {
  if (aheadMs > AHEAD_MS) return { kind: 'pause', ms: Math.min(aheadMs, LONGEST_PAUSE_MS) };
  if (aheadMs < -BEHIND_MS) return { kind: 'skip', slots: Math.floor(-aheadMs / SLOT_MS) };
  return null;
}
