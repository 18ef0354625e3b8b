/** Folds a service's view anew from the store's first fact, beside the one that answers meanwhile, and then takes its place. */

import type { Kysely, Transaction } from 'kysely';
import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../clock.js';
import type { EventStore } from '../../event-store/port.js';
import type { Signals } from '../../service/signals.js';
import type { DutyQueue } from '../duty-queue.js';
import { of } from '../fold-runs.js';
import { foldWithGaps } from '../fold-with-gaps.js';
import type { FactFollower } from '../follow.js';
import { StorePass } from '../store-pass.js';
import { runtimeMigrations, type RuntimeTables } from '../tables.js';
import type { Reactions, View } from '../view.js';
import { withShadow } from './shadow.js';
import { swap } from './swap.js';

export interface RebuildParts<Tables> {
  /** The service's database, and its schema there. */
  readonly url: string;
  readonly schema: string;
  readonly store: EventStore;
  readonly view: View<Tables>;
  readonly reactions: Reactions;
  readonly categories: readonly string[];
  readonly clock: Clock;
  readonly signals: Signals;
  readonly queue: DutyQueue;
  readonly follower: Pick<FactFollower, 'catchUp'>;
}

export interface RebuildRun {
  /** Whether duties that facts make and that are not there are made again. They may have been done: most are. */
  readonly duties: boolean;
  /** Called once it is certain that nobody else rebuilds; what it throws ends the rebuild. */
  onBegin(): Promise<void>;
  /** Facts looked at so far, and how many of them were folded. */
  onProgress(read: number, folded: number): Promise<void>;
  /** Within the transaction that puts the new view in place. */
  onSwapped(tx: Transaction<RuntimeTables>): Promise<void>;
  /** Aborted between two batches: nothing has changed then. */
  readonly signal: AbortSignal;
}

/** Readers were in the way this long. */
const SWAP_WITHIN_MS = 60_000;
const SWAP_PAUSE_MS = 100;
/** lock_not_available and deadlock_detected. */
const IN_THE_WAY = ['55P03', '40P01'];

/** False where another process of the service is at it. Whatever it throws, the view is as it was. */
export async function rebuildView<Tables>(parts: RebuildParts<Tables>, run: RebuildRun): Promise<boolean> {
  const { url, schema, view, queue } = parts;
  const migrations = { ...runtimeMigrations, ...view.migrations };
  const done = await withShadow({ url, schema, migrations }, async (db) => {
    await run.onBegin();
    const fold = folding(parts, db, run);
    await fold();
    await complete(parts, db);
    // The less the two differ, the shorter the follower is kept out.
    await parts.follower.catchUp();
    for (const deadline = performance.now() + SWAP_WITHIN_MS; ; await sleep(SWAP_PAUSE_MS)) {
      await fold();
      if (await swapped(parts, db, run)) break;
      if (performance.now() > deadline) throw new Error("the view's tables were in use all the time");
    }
    queue.wake();
    return true;
  });
  return done ?? false;
}

/** Folds on into the shadow, from where it stands to the end of the store. */
function folding<Tables>(parts: RebuildParts<Tables>, db: Kysely<RuntimeTables>, run: RebuildRun) {
  const { store, view, categories, clock, signals, queue } = parts;
  const reactions: Reactions = run.duties ? parts.reactions : () => [];
  const pass = new StorePass({ db, store, categories, clock, signals }, (runs) =>
    foldWithGaps({ db, store, view, reactions, queue, signals }, runs),
  );
  let [read, folded] = [0, 0];
  return async (): Promise<void> => {
    for await (const batch of pass.batches(0)) {
      run.signal.throwIfAborted();
      read += batch.read;
      folded += batch.applied.length;
      await run.onProgress(read, folded);
    }
  };
}

async function complete<Tables>({ view, store }: RebuildParts<Tables>, db: Kysely<RuntimeTables>): Promise<void> {
  await db.transaction().execute(async (tx) => view.complete?.(of<Tables>(tx), (stream) => store.read(stream)));
}

async function swapped<Tables>(
  parts: RebuildParts<Tables>,
  db: Kysely<RuntimeTables>,
  { duties, onSwapped }: RebuildRun,
): Promise<boolean> {
  try {
    await swap({ ...parts, db, duties }, onSwapped);
    return true;
  } catch (error) {
    if (error instanceof pg.DatabaseError && IN_THE_WAY.includes(error.code ?? '')) return false;
    throw error;
  }
}
