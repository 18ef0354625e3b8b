/** How long to wait before trying again: doubling, bounded, and spread so that a crowd of failures does not come back as a crowd. */

import { randomInt } from 'node:crypto';

export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const RETRY: Backoff = { firstMs: 250, maxMs: 30_000 };

/** 0 <= r < 1. */
export type Random = () => number;

const STEPS = 1_000_000;

/** For jitter only. */
export const systemRandom: Random = () => randomInt(STEPS) / STEPS;

/** Milliseconds before the try after `failures` failed ones (1 or more): half fixed, half drawn. */
export function backoffMs(failures: number, random: Random, { firstMs, maxMs }: Backoff = RETRY): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(failures - 1, 30));
  return Math.round((full + full * random()) / 2);
}
