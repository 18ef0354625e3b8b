/** Folds a run of one stream's facts into the view: locked, in order, each revision once, with its duties, in one transaction. */

import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { Undecodable } from '../bus/failures.js';
import type { Envelope } from '../event-store/envelope.js';
import { causedBy } from '../service/cause.js';
import type { DutyQueue } from './duty-queue.js';
import type { RuntimeTables } from './tables.js';
import type { Reactions, View } from './view.js';

export interface FoldParts<Tables> {
  readonly db: Kysely<RuntimeTables>;
  readonly view: View<Tables>;
  readonly reactions: Reactions;
  readonly queue: DutyQueue;
}

/** `applied`: how many of the run were new. `gap`: nothing was written, the facts from that revision on are needed first. */
export type Folded =
  { readonly kind: 'applied'; readonly count: number } | { readonly kind: 'gap'; readonly fromRevision: number };

/** `run`: facts of one stream with rising revisions and no gaps between them. */
export async function foldRun<Tables>(
  { db, view, reactions, queue }: FoldParts<Tables>,
  stream: string,
  run: readonly Envelope[],
): Promise<Folded> {
  return db.transaction().execute(async (tx): Promise<Folded> => {
    const revision = await lockRevision(tx, stream);
    const fresh = run.filter((envelope) => envelope.revision > revision);
    const [first] = fresh;
    const last = fresh.at(-1);
    if (first === undefined || last === undefined) return { kind: 'applied', count: 0 };
    if (first.revision !== revision + 1) return { kind: 'gap', fromRevision: revision + 1 };
    for (const envelope of fresh) {
      // The schema holds the service's tables beside the runtime's; each side's types name its own.
      await decoding(envelope, () => view.apply(tx as unknown as Transaction<Tables>, envelope));
      const changes = await decoding(envelope, () => reactions(envelope));
      await queue.apply(tx, changes, causedBy(envelope));
    }
    await tx
      .updateTable('followed')
      .set({ revision: last.revision, stuck: null })
      .where('stream', '=', stream)
      .execute();
    return { kind: 'applied', count: fresh.length };
  });
}

/** A fact that cannot be decoded is not an outage. UnknownFact is contracts', which this floor may know by name only. */
async function decoding<T>({ stream, revision, type }: Envelope, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const undecodable = error instanceof z.core.$ZodError || (error instanceof Error && error.name === 'UnknownFact');
    if (!undecodable) throw error;
    throw new Undecodable(`${stream}@${revision} ${type}: ${error.message}`, { cause: error });
  }
}

/** One statement that makes the row where it is missing and locks it either way. */
async function lockRevision(tx: Kysely<RuntimeTables>, stream: string): Promise<number> {
  const row = await tx
    .insertInto('followed')
    .values({ stream, revision: -1, stuck: null })
    .onConflict((conflict) => conflict.column('stream').doUpdateSet({ stream: sql<string>`excluded.stream` }))
    .returning('revision')
    .executeTakeFirstOrThrow();
  return row.revision;
}
