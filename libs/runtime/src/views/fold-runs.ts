/** Folds runs of facts into the view, within one transaction: each stream locked, in order, each revision once, with its duties. */

import { type Kysely, sql, type Transaction } from 'kysely';
import { z } from 'zod';
import { Undecodable } from '../bus/failures.js';
import type { Envelope } from '../event-store/envelope.js';
import { causedBy } from '../service/cause.js';
import type { CausedChange, DutyQueue } from './duty-queue.js';
import type { RuntimeTables } from './tables.js';
import type { Reactions, View } from './view.js';

export interface FoldParts<Tables> {
  readonly view: View<Tables>;
  readonly reactions: Reactions;
  readonly queue: Pick<DutyQueue, 'applyCaused'>;
}

/** By stream: facts with rising revisions and no gaps between them. */
export type Runs = ReadonlyMap<string, readonly Envelope[]>;

export interface Folded {
  /** The facts that were new. */
  readonly applied: readonly Envelope[];
  /** By stream: nothing of it was written, because the facts from this revision on are needed first. */
  readonly gaps: ReadonlyMap<string, number>;
}

export async function foldRuns<Tables>(
  tx: Transaction<RuntimeTables>,
  { view, reactions, queue }: FoldParts<Tables>,
  runs: Runs,
): Promise<Folded> {
  const heads = await lockStreams(tx, [...runs.keys()].sort());
  const gaps = new Map<string, number>();
  const fresh: Envelope[][] = [];
  for (const [stream, run] of runs) {
    const head = heads.get(stream) ?? -1;
    const news = run.filter(({ revision }) => revision > head);
    if (news[0] === undefined) continue;
    if (news[0].revision === head + 1) fresh.push(news);
    else gaps.set(stream, head + 1);
  }
  // Streams know nothing of each other, so none waits for another's statements.
  const changes = await all(fresh.map((run) => foldRun(tx, view, reactions, run)));
  await queue.applyCaused(tx, changes.flat());
  await advance(tx, fresh);
  return { applied: fresh.flat(), gaps };
}

async function foldRun<Tables>(
  tx: Transaction<RuntimeTables>,
  view: View<Tables>,
  reactions: Reactions,
  run: readonly Envelope[],
): Promise<readonly CausedChange[]> {
  const changes: CausedChange[] = [];
  const last = run.at(-1);
  for (const envelope of run) {
    await decoding(envelope, () => view.apply(of<Tables>(tx), envelope, { last: envelope === last }));
    changes.push(...(await dutiesOf(reactions, envelope)));
  }
  return changes;
}

/** Throws what went wrong first, and only once nothing is under way any more: a transaction must not end before its statements. */
async function all<T>(work: readonly Promise<T>[]): Promise<T[]> {
  const failures: unknown[] = [];
  const noted = work.map((one) => one.catch((error: unknown) => failures.push(error)));
  await Promise.all(noted);
  if (failures.length > 0) throw failures[0];
  return Promise.all(work);
}

/** The schema holds the service's tables beside the runtime's; each side's types name its own. */
export const of = <Tables>(tx: Transaction<RuntimeTables>) => tx as unknown as Transaction<Tables>;

/** What the fact makes due, with what led to it. Throws Undecodable. */
export async function dutiesOf(reactions: Reactions, envelope: Envelope): Promise<readonly CausedChange[]> {
  const changes = await decoding(envelope, () => reactions(envelope));
  return changes.map((change) => ({ change, cause: causedBy(envelope) }));
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

/** Makes the rows where they are missing and locks them either way, in the order given: two of these cannot lock each other out. */
async function lockStreams(tx: Kysely<RuntimeTables>, sorted: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const { rows } = await sql<{ stream: string; revision: number }>`
    insert into followed (stream, revision) select stream, -1 from unnest(${sorted}::text[]) as asked (stream)
    on conflict (stream) do update set stream = excluded.stream
    returning stream, revision`.execute(tx);
  return new Map(rows.map(({ stream, revision }) => [stream, revision]));
}

async function advance(tx: Kysely<RuntimeTables>, runs: readonly (readonly Envelope[])[]): Promise<void> {
  const heads = runs.flatMap((run) => run.at(-1) ?? []);
  if (heads.length === 0) return;
  await sql`
    update followed set revision = head.revision, stuck = null
    from unnest(${heads.map(({ stream }) => stream)}::text[], ${heads.map(({ revision }) => revision)}::integer[])
      as head (stream, revision)
    where followed.stream = head.stream`.execute(tx);
}
