/** Appends by several writers at once, in turns with plain inserts of the same bytes by as many. */

import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import type { LocalServer } from '@tokenos/runtime/local/server-process';
import type { Interrupt } from '../../platform/interrupt.js';
import { compareCosts, compareRates, type Figure } from '../figures.js';
import { benchFacts } from './bench-facts.js';
import { type Load, loadBy, type Write } from './load.js';
import { openPlainInserts } from './plain-inserts.js';

const WRITERS = [
  { count: 1, by: '1 writer', aim: { of: 'ratio', atLeast: 0.8 } },
  { count: 16, by: '16 writers', aim: { of: 'ratio', atLeast: 0.8 } },
  { count: 64, by: '64 writers', aim: { of: 'ratio', atLeast: 2 } },
] as const;
const ROUNDS = 9;
const WINDOW_MS = 400;
/** What runs often is compiled: that takes some thousand calls, which are not measured. */
const WARM_UP_MS = 2_000;

export async function appendRates({ url, pid }: LocalServer, interrupted: Interrupt): Promise<readonly Figure[]> {
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
    for (const writers of [plain.writers, appending]) await loadBy(writers, WARM_UP_MS, pid);
    const figures: Figure[] = [];
    for (const { count, by, aim } of WRITERS) {
      const rounds: { value: Load; limit: Load }[] = [];
      while (rounds.length < ROUNDS && !interrupted.happened()) {
        const limit = await loadBy(plain.writers.slice(0, count), WINDOW_MS, pid);
        rounds.push({ limit, value: await loadBy(appending.slice(0, count), WINDOW_MS, pid) });
      }
      const what = 'plain inserts';
      figures.push(
        { what: `appends by ${by}`, unit: '/s', ...compareRates(rounds, what, ({ perSecond }) => perSecond), aim },
        { what: `processor time of one, ${by}`, unit: 'µs', ...compareCosts(rounds, what, ({ cpuUs }) => cpuUs) },
      );
    }
    return figures;
  } finally {
    await store.close();
    await plain.close();
  }
}
