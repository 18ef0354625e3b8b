/** Waiting for something to become true, with a limit and a reason. */

import { setTimeout as sleep } from 'node:timers/promises';

/** `look` answers undefined for "not yet". Throws, naming `what`, after `withinMs` of wall time. */
export async function waitFor<T>(what: string, withinMs: number, look: () => Promise<T | undefined>): Promise<T> {
  for (const deadline = performance.now() + withinMs; performance.now() < deadline; await sleep(50)) {
    const found = await look();
    if (found !== undefined) return found;
  }
  throw new Error(`waited ${withinMs} ms in vain for ${what}`);
}
