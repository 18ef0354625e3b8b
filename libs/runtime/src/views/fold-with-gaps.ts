/** Folds runs of facts in one transaction, and what turns out to be missing before them in the next, read from the store. */

import type { Kysely } from 'kysely';
import type { Envelope } from '../event-store/envelope.js';
import type { EventStore } from '../event-store/port.js';
import type { Signals } from '../service/signals.js';
import { foldRuns, type FoldParts, type Runs } from './fold-runs.js';
import type { RuntimeTables } from './tables.js';

export interface GapParts<Tables> extends FoldParts<Tables> {
  readonly db: Kysely<RuntimeTables>;
  readonly store: Pick<EventStore, 'read'>;
  readonly signals: Signals;
}

/** Gives the facts that were new. Throws where the store lacks a fact whose successor is known. */
export async function foldWithGaps<Tables>(parts: GapParts<Tables>, runs: Runs): Promise<readonly Envelope[]> {
  const { applied, gaps } = await parts.db.transaction().execute((tx) => foldRuns(tx, parts, runs));
  if (gaps.size === 0) return applied;
  parts.signals.count('gaps_filled', gaps.size);
  const fuller = new Map<string, readonly Envelope[]>();
  for (const [stream, from] of gaps) fuller.set(stream, await readFrom(parts.store, stream, from));
  return [...applied, ...(await foldWithGaps(parts, fuller))];
}

async function readFrom(store: Pick<EventStore, 'read'>, stream: string, from: number): Promise<readonly Envelope[]> {
  const run = await store.read(stream, from);
  if (run[0]?.revision === from) return run;
  throw new Error(`the store has no revision ${from} of ${stream}, and yet a later one is known`);
}
