/** What goes wrong between services: all of it drawn from the seed, none of it where a story is told undisturbed. */

import { between } from './seeded.js';
import type { Random } from '@tokenos/runtime/bus/backoff';

export interface Mischief {
  /** Messages of a thousand that never arrive. */
  readonly lost: number;
  /** Of a thousand, those that arrive twice. */
  readonly doubled: number;
  /** The longest that one is under way; a later one may overtake it. */
  readonly slowestMs: number;
  /** How many steps a process takes before it dies, more or less; 0: it lives on. */
  readonly lifeSteps: number;
  /** The longest that it takes to come back. */
  readonly awayMs: number;
}

export const CALM: Mischief = { lost: 0, doubled: 0, slowestMs: 3, lifeSteps: 0, awayMs: 0 };

const THOUSAND = 1_000;

/**
 * After how many steps a process dies; null: it lives on. The first one dies early, while much is going on. Its successors live long
 * enough for what a death delays to be made good: a probe is late by its lease of 3 s, and several in a row would cost a minute.
 */
export function lifeOf({ lifeSteps }: Mischief, nth: number, random: Random): number | null {
  if (lifeSteps === 0) return null;
  return nth === 0 ? between(random, 1, lifeSteps) : between(random, lifeSteps, 3 * lifeSteps);
}

/** When each copy of a message arrives, in milliseconds from now; none where it is lost. */
export function arrivals({ lost, doubled, slowestMs }: Mischief, random: Random): readonly number[] {
  const drawn = between(random, 0, THOUSAND);
  if (drawn < lost) return [];
  const copies = drawn < lost + doubled ? 2 : 1;
  return Array.from({ length: copies }, () => between(random, 1, slowestMs + 1));
}
