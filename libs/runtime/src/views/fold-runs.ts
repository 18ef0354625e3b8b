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
  const advanced = new Map<string, number>();
  const changes: CausedChange[] = [];
  const applied: Envelope[] = [];
  for (const [stream, run] of runs) {
    const head = heads.get(stream) ?? -1;
    const fresh = run.filter(({ revision }) => revision > head);
    const [first] = fresh;
    if (first === undefined) continue;
    if (first.revision !== head + 1) {
      gaps.set(stream, head + 1);
      continue;
    }
    for (const envelope of fresh) {
      await decoding(envelope, () => view.apply(of<Tables>(tx), envelope));
      changes.push(...(await dutiesOf(reactions, envelope)));
    }
    advanced.set(stream, head + fresh.length);
    applied.push(...fresh);
  }
  await queue.applyCaused(tx, changes);
  await advance(tx, advanced);
  return { applied, gaps };
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

async function advance(tx: Kysely<RuntimeTables>, heads: ReadonlyMap<string, number>): Promise<void> {
  if (heads.size === 0) return;
  await sql`
    update followed set revision = head.revision, stuck = null
    from unnest(${[...heads.keys()]}::text[], ${[...heads.values()]}::integer[]) as head (stream, revision)
    where followed.stream = head.stream`.execute(tx);
}
