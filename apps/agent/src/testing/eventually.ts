/** Waits in tests for what must become true. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Calls `look` until it no longer throws, and answers what it answered; after the limit, fails as it failed last. */
export async function eventually<T>(look: () => T | Promise<T>, limitMs = 5_000): Promise<T> {
  const until = performance.now() + limitMs;
  for (;;) {
    try {
      return await look();
    } catch (error) {
      if (performance.now() > until) throw error;
      await sleep(20);
    }
  }
}
