/** Randomness from a seed: the same seed gives the same run, on every machine. */

import type { Random } from '@tokenos/runtime/bus/backoff';
import type { Clock } from '@tokenos/runtime/clock';
import type { Ids } from '@tokenos/runtime/ids';

const TWO_TO_32 = 2 ** 32;

/** mulberry32 (Tommy Ettinger, public domain): small, fast, and good enough to shuffle. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / TWO_TO_32;
  };
}

/** Whole numbers from `from` up to, and not including, `to`. */
export const between = (random: Random, from: number, to: number): number => from + Math.floor(random() * (to - from));

/** UUIDv7 in shape: the clock's milliseconds, then a count so that none comes twice and later ones sort later, then noise. */
export function seededIds(clock: Pick<Clock, 'now'>, random: Random): Ids {
  let made = 0;
  const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0').slice(-digits);
  return {
    next() {
      const at = hex(clock.now(), 12);
      const count = hex(++made, 6);
      const noise = hex(between(random, 0, TWO_TO_32), 8);
      return `${at.slice(0, 8)}-${at.slice(8)}-7${count.slice(0, 3)}-8${count.slice(3)}-${noise}0000`;
    },
  };
}
