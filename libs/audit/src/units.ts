/** Units on the wire, read: money from decimal text, instants from RFC 3339, and minutes on the clock. */

import { millisOf } from '@tokenos/contracts/facts/instant-text';

export const amount = (text: string): bigint => BigInt(text);

/** Milliseconds since the Unix epoch. */
export function instant(text: string): number {
  const millis = millisOf(text);
  // An envelope may be dated with more or fewer digits of a second than facts are.
  return Number.isNaN(millis) ? Date.parse(text) : millis;
}

export const SECOND_MS = 1_000;
export const MINUTE_MS = 60_000;
export const DAY_MS = 1_440 * MINUTE_MS;

/** How many minutes of 60 s, counted from `start`, are over by `end`; none where the end lies before the start. */
export function minutesOver(start: number, end: number): number {
  const elapsed = end - start;
  return elapsed < MINUTE_MS ? 0 : (elapsed - (elapsed % MINUTE_MS)) / MINUTE_MS;
}

export const total = (amounts: Iterable<bigint>): bigint => {
  let all = 0n;
  for (const one of amounts) all += one;
  return all;
};
