/** One look at the store's global order, from a durable checkpoint on: applies what the view has not heard of. */

import type { Kysely } from 'kysely';
import type { Clock } from '../clock.js';
import type { Envelope, Recorded } from '../event-store/envelope.js';
import type { EventStore } from '../event-store/port.js';
import type { Signals } from '../service/signals.js';
import { readCheckpoint, saveCheckpoint } from './checkpoints.js';
import { categoryOf } from './envelope-payload.js';
import type { Runs } from './fold-runs.js';
import type { RuntimeTables } from './tables.js';

export const STORE_CHECKPOINT = 'store';
/** The more of a stream's facts are folded together, the fewer statements they take. */
const BATCH = 2_000;

interface StorePassParts {
  readonly db: Kysely<RuntimeTables>;
  readonly store: EventStore;
  readonly categories: readonly string[];
  readonly clock: Clock;
  readonly signals: Signals;
}

/** Applies runs of facts, loading what is missing before them; gives the facts that were new. */
type Fold = (runs: Runs) => Promise<readonly Envelope[]>;

/** Facts that were new to the view; of many only the first are named (`rental-0190...@3`). */
export interface Brought {
  count: number;
  readonly named: string[];
}

const NAMED = 10;

/** `read`: facts of all categories. */
export interface PassedBatch {
  readonly read: number;
  readonly applied: readonly Envelope[];
}

export class StorePass {
  constructor(
    private readonly parts: StorePassParts,
    private readonly fold: Fold,
  ) {}

  /** Facts younger than `graceMs` of wall time are left to the bus. `onRead` is told how many were looked at so far. */
  async run(graceMs: number, onRead: (read: number) => void = () => undefined): Promise<Brought> {
    const brought: Brought = { count: 0, named: [] };
    let looked = 0;
    for await (const { read, applied } of this.batches(graceMs)) {
      note(brought, applied);
      onRead((looked += read));
    }
    return brought;
  }

  /** The same, batch by batch, for whoever wants to say how far it is. Ends when the store has no more. */
  async *batches(graceMs: number): AsyncGenerator<PassedBatch, void, void> {
    const { db, store, clock } = this.parts;
    const stuck = new Set<string>();
    await this.retryStuck();
    for (let ahead: Ahead | null = null; ;) {
      const after = await readCheckpoint(db, STORE_CHECKPOINT);
      const batch: readonly Recorded[] = await (ahead?.after === after ? ahead.batch : store.readAll(after, BATCH));
      const ripe = graceMs === 0 ? batch : takeRipe(batch, clock, graceMs);
      const last = ripe.at(-1);
      if (last !== undefined) {
        ahead = ripe.length === BATCH ? readAhead(store, last.position) : null;
        const missing = (await this.missing(ripe)).filter(({ stream }) => !stuck.has(stream));
        const applied = await this.apply(missing, stuck);
        await saveCheckpoint(db, STORE_CHECKPOINT, last.position);
        yield { read: ripe.length, applied };
      }
      if (ripe.length < BATCH) return;
    }
  }

  /** One query for the whole batch, so that a view that has everything costs next to nothing to check. */
  private async missing(batch: readonly Recorded[]): Promise<Envelope[]> {
    const { db, categories } = this.parts;
    const ours = batch.map(({ envelope }) => envelope).filter(({ stream }) => categories.includes(categoryOf(stream)));
    if (ours.length === 0) return [];
    const rows = await db
      .selectFrom('followed')
      .select(['stream', 'revision', 'stuck'])
      .where('stream', 'in', [...new Set(ours.map(({ stream }) => stream))])
      .execute();
    const known = new Map(rows.map((row) => [row.stream, row]));
    return ours.filter(({ stream, revision }) => {
      const row = known.get(stream);
      // A stuck stream has just been tried; it is read from its own revision on next time, not from here.
      return row === undefined || (row.stuck === null && revision > row.revision);
    });
  }

  /** All in one transaction. Where one of them cannot be applied it is looked for: one by one, and it holds up its own stream only. */
  private async apply(missing: readonly Envelope[], stuck: Set<string>): Promise<readonly Envelope[]> {
    if (missing.length === 0) return [];
    try {
      return await this.fold(runsOf(missing));
    } catch {
      this.parts.signals.count('batches_taken_apart');
    }
    const applied: Envelope[] = [];
    for (const envelope of missing) {
      if (stuck.has(envelope.stream)) continue;
      try {
        applied.push(...(await this.fold(runsOf([envelope]))));
      } catch (error) {
        await this.markStuck(envelope.stream, error);
        stuck.add(envelope.stream);
      }
    }
    return applied;
  }

  private async markStuck(stream: string, error: unknown): Promise<void> {
    const stuck = (error instanceof Error ? error.message : String(error)).slice(0, 500);
    await this.parts.db
      .insertInto('followed')
      .values({ stream, revision: -1, stuck })
      .onConflict((conflict) => conflict.column('stream').doUpdateSet({ stuck }))
      .execute();
    this.parts.signals.alarm('stream_stuck', { stream, err: error });
  }

  private async retryStuck(): Promise<void> {
    const { db, store, signals } = this.parts;
    const rows = await db.selectFrom('followed').selectAll().where('stuck', 'is not', null).execute();
    for (const { stream, revision } of rows) {
      try {
        await this.fold(new Map([[stream, await store.read(stream, revision + 1)]]));
        await db.updateTable('followed').set({ stuck: null }).where('stream', '=', stream).execute();
        signals.count('streams_unstuck');
      } catch {
        signals.count('stuck_streams_retried');
      }
    }
  }
}

/** What comes next, read while its predecessors are folded. */
interface Ahead {
  readonly after: string;
  readonly batch: Promise<readonly Recorded[]>;
}

function readAhead(store: EventStore, after: string): Ahead {
  const batch = store.readAll(after, BATCH);
  // Folding may end before anybody waits for it.
  batch.catch(() => undefined);
  return { after, batch };
}

function note(brought: Brought, applied: readonly Envelope[]): void {
  brought.count += applied.length;
  const names = applied.slice(0, NAMED - brought.named.length).map(({ stream, revision }) => `${stream}@${revision}`);
  brought.named.push(...names);
}

function runsOf(envelopes: readonly Envelope[]): Runs {
  const runs = new Map<string, Envelope[]>();
  for (const envelope of envelopes) {
    const run = runs.get(envelope.stream);
    if (run === undefined) runs.set(envelope.stream, [envelope]);
    else run.push(envelope);
  }
  return runs;
}

/** From the front, as long as each is old enough; a time far ahead is a skewed clock's and holds up nobody. */
function takeRipe(batch: readonly Recorded[], clock: Clock, graceMs: number): readonly Recorded[] {
  const now = clock.now();
  const young = batch.findIndex(({ envelope }) => {
    const ageMs = clock.toWallDuration(now - Date.parse(envelope.at));
    return ageMs < graceMs && ageMs > -graceMs;
  });
  return young === -1 ? batch : batch.slice(0, young);
}
