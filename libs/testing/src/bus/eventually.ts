/** Waits for something that happens by itself, as briefly as possible. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Tries until the expectation no longer throws; after the time limit its last error surfaces. */
export async function eventually<T>(expectation: () => T | Promise<T>, withinMs = 4_000): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    try {
      return await expectation();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(15);
    }
  }
}
