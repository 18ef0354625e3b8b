/** How often something may happen, by key: so many at once, then one as each of them is given back. */

import type { Millis } from '@tokenos/domain/time';

export interface Allowance {
  readonly most: number;
  /** One more is given back after each so many milliseconds. */
  readonly oneEvery: Millis;
}

interface Left {
  readonly left: number;
  readonly at: Millis;
}

export class Allowances {
  private readonly byKey = new Map<string, Left>();
  private sweptAt: Millis = 0;

  constructor(private readonly allowance: Allowance) {}

  /** False, and nothing taken, where none is left. `now`: any clock, the same at each call. */
  take(key: string, now: Millis): boolean {
    this.sweep(now);
    const left = this.leftOf(key, now);
    this.byKey.set(key, { left: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  }

  /** How many keys it remembers: only those that have not got everything back. */
  get size(): number {
    return this.byKey.size;
  }

  private leftOf(key: string, now: Millis): number {
    const { most, oneEvery } = this.allowance;
    const known = this.byKey.get(key);
    // A clock set back gives nothing back, and takes nothing.
    return known === undefined ? most : Math.min(most, known.left + Math.max(0, now - known.at) / oneEvery);
  }

  private sweep(now: Millis): void {
    const { most, oneEvery } = this.allowance;
    if (Math.abs(now - this.sweptAt) < most * oneEvery) return;
    this.sweptAt = now;
    for (const key of this.byKey.keys()) if (this.leftOf(key, now) >= most) this.byKey.delete(key);
  }
}
