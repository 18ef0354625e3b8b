/** Values that hold from a time on, and what anyone may have read of them at a moment. */

import { MINUTE_MS } from '../units.js';

export interface Since<Value> {
  readonly from: number;
  readonly value: Value;
}

/** Views follow the streams within this time. */
export const READ_WITHIN_MS = MINUTE_MS;

/** Oldest first. What held at `at`, and whatever held in the minute before: it may have been read just before the change. */
export function inForceAt<Value>(
  history: readonly Since<Value>[],
  at: number,
  first: Value,
  readWithinMs = READ_WITHIN_MS,
): readonly Value[] {
  const known = history.filter(({ from }) => from <= at);
  const fresh = known.filter(({ from }) => from > at - readWithinMs);
  const before = known.filter(({ from }) => from <= at - readWithinMs).at(-1)?.value ?? first;
  return [before, ...fresh.map(({ value }) => value)];
}
