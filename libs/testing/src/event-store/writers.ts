/** Writers and readers for the event store's contract: many at once, and as stubborn as the services are. */

import type { Recorded } from '@tokenos/runtime/event-store/envelope';
import { RevisionConflict } from '@tokenos/runtime/event-store/port';
import { setTimeout as sleep } from 'node:timers/promises';
import { envelopes } from './envelopes.js';
import type { Opened } from './store-under-test.js';

export const WRITERS = 16;
const AGAIN_AFTER_MS = 10;

export const names = (recorded: readonly Recorded[]): string[] =>
  recorded.map(({ envelope }) => `${envelope.stream}@${envelope.revision}`);

/** How many facts `writeMuch` writes. */
export const factsOf = (appends: number): number => WRITERS * (appends + 2 * Math.ceil(appends / 3));

/** Sixteen streams at once, single facts and batches mixed. */
export async function writeMuch({ store, stream }: Opened, appends: number): Promise<void> {
  const write = async (name: string): Promise<void> => {
    for (let revision = -1, append = 0; append < appends; append++) {
      const batch = append % 3 === 0 ? ['a', 'b', 'c'] : ['a'];
      const facts = envelopes(name, revision, ...batch);
      await insist(() => store.append(name, revision, facts));
      revision += batch.length;
    }
  };
  await Promise.all(Array.from({ length: WRITERS }, (_, index) => write(`${stream}-${index}`)));
}

/** Does the same again for as long as no answer comes: whoever appends does not know then whether it is stored. */
export async function insist<T>(act: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (error instanceof RevisionConflict) throw error;
      await sleep(AGAIN_AFTER_MS);
    }
  }
}

/** Follows until it has seen so many, from its last position on again wherever the subscription fails. */
export async function followOn({ store, start }: Opened, count: number): Promise<Recorded[]> {
  const seen: Recorded[] = [];
  const signal = AbortSignal.timeout(20_000);
  while (seen.length < count && !signal.aborted) {
    try {
      for await (const recorded of store.subscribe(seen.at(-1)?.position ?? start, signal)) {
        if (seen.push(recorded) === count) break;
      }
    } catch {
      await sleep(AGAIN_AFTER_MS);
    }
  }
  return seen;
}

export async function take(count: number, subscription: AsyncIterable<Recorded>): Promise<Recorded[]> {
  const taken: Recorded[] = [];
  for await (const recorded of subscription) if (taken.push(recorded) === count) break;
  return taken;
}
