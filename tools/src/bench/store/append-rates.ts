/** Appends by several writers at once, in turns with plain inserts of the same bytes by as many. */

import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import type { Interrupt } from '../../platform/interrupt.js';
import { compareRates, type Figure } from '../figures.js';
import { benchFacts } from './bench-facts.js';
import { rateOf, type Write } from './load.js';
import { openPlainInserts } from './plain-inserts.js';

const WRITERS = [
  { count: 1, what: 'appends by 1 writer', aim: { of: 'ratio', atLeast: 0.8 } },
  { count: 16, what: 'appends by 16 writers', aim: { of: 'ratio', atLeast: 0.8 } },
  { count: 64, what: 'appends by 64 writers', aim: { of: 'ratio', atLeast: 2 } },
] as const;
const ROUNDS = 9;
const WINDOW_MS = 400;

export async function appendRates(url: string, interrupted: Interrupt): Promise<readonly Figure[]> {
  const most = Math.max(...WRITERS.map(({ count }) => count));
  const plain = await openPlainInserts(url, most);
  const store = await openPostgresEventStore(url);
  try {
    const appending = Array.from({ length: most }, (_, writer): Write => {
      const facts = benchFacts(String(writer));
      return () => {
        const { value: fact } = facts.next();
        return store.append(fact.stream, fact.revision - 1, [fact]);
      };
    });
    const figures: Figure[] = [];
    for (const { count, what, aim } of WRITERS) {
      const rounds: { value: number; limit: number }[] = [];
      while (rounds.length < ROUNDS && !interrupted.happened()) {
        const limit = await rateOf(plain.writers.slice(0, count), WINDOW_MS);
        rounds.push({ limit, value: await rateOf(appending.slice(0, count), WINDOW_MS) });
      }
      const { value, limit, ratio } = compareRates(rounds);
      figures.push({ what, unit: '/s', value, limit: { what: 'plain inserts', value: limit }, ratio, aim });
    }
    return figures;
  } finally {
    await store.close();
    await plain.close();
  }
}
