/** When to ask the chain again. It keeps wall time, however fast the platform's clock runs, and so do these pauses. */

import type { Clock } from '@tokenos/runtime/clock';
import type { DutyOutcome } from '@tokenos/runtime/views/duty';

/** Wall milliseconds. */
export const PAUSE = {
  /** Until something that is on its way is confirmed. */
  landing: 500,
  /** Until something confirmed is final: 7 to 13 s on mainnet. */
  finality: 1_000,
  /** After a transaction failed on chain: the same would fail again at once. */
  failed: 60_000,
  /** For what only a person can resolve. */
  stuck: 300_000,
} as const;

export const askAgain = (clock: Clock, wallMs: number): DutyOutcome => ({
  again: Math.ceil(clock.now() + wallMs / clock.toWallDuration(1)),
});
