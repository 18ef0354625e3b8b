/** Asks services to rebuild their views, and watches them do it. They need nobody to watch: what is asked for is done all the same. */

import { openDatabase } from '@tokenos/runtime/database/database';
import { askForRebuild, readRebuild, withdrawRebuild } from '@tokenos/runtime/views/rebuild/request';
import type { RuntimeTables } from '@tokenos/runtime/views/tables';
import { type Kysely, sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Seen } from './progress.js';

export interface RebuildOptions {
  readonly duties: boolean;
  /** Told whenever it looks; null: asked, and not begun. */
  readonly onLook: (service: string, seen: Seen | null, sinceMs: number) => void;
  readonly everyMs?: number;
  /** A service that has not begun by then is taken for one that does not run, and its wish taken back. */
  readonly beginWithinMs?: number;
  /** A service that says nothing new for so long is taken for dead. Its wish stands: whoever starts next does it. */
  readonly moveWithinMs?: number;
}

/** What became of it. `why`: null where it is rebuilt. */
export interface Rebuilt {
  readonly service: string;
  readonly seen: Seen | null;
  readonly why: string | null;
}

export async function rebuildViews(
  databaseUrl: string,
  services: readonly string[],
  options: RebuildOptions,
): Promise<readonly Rebuilt[]> {
  return Promise.all(services.map((service) => rebuildOne(databaseUrl, service, options)));
}

async function rebuildOne(databaseUrl: string, service: string, options: RebuildOptions): Promise<Rebuilt> {
  const settings = { applicationName: 'views-rebuild', poolSize: 1 };
  const db = openDatabase<RuntimeTables>(databaseUrl, service, settings);
  try {
    if (!(await hasRun(db, service))) return { service, seen: null, why: 'it has never run on this database' };
    // One that is under way already is watched to its end.
    await askForRebuild(db, options);
    return await watch(db, service, options);
  } catch (error) {
    return { service, seen: null, why: error instanceof Error ? error.message : String(error) };
  } finally {
    await db.destroy();
  }
}

async function hasRun(db: Kysely<RuntimeTables>, service: string): Promise<boolean> {
  const { rows } = await sql<{ there: boolean }>`
    select to_regclass(${`${service}.rebuild`}) is not null as there`.execute(db);
  return rows[0]?.there ?? false;
}

async function watch(
  db: Kysely<RuntimeTables>,
  service: string,
  { onLook, everyMs = 500, beginWithinMs = 15_000, moveWithinMs = 120_000 }: RebuildOptions,
): Promise<Rebuilt> {
  const askedAt = performance.now();
  let begunAt: number | null = null;
  let moved = { at: askedAt, words: '' };
  for (;;) {
    const seen = (await readRebuild(db)) ?? null;
    const now = performance.now();
    if (seen?.state === 'folding') begunAt ??= now;
    onLook(service, seen, begunAt === null ? 0 : now - begunAt);
    if (seen?.state === 'done') return { service, seen, why: null };
    if (seen?.state === 'failed') return { service, seen, why: seen.error };
    if (seen === null) return { service, seen, why: 'somebody took the wish back' };
    if (begunAt === null && now - askedAt > beginWithinMs && (await withdrawRebuild(db)))
      return { service, seen, why: `it has not begun within ${beginWithinMs / 1000} s: is it running?` };
    const words = `${seen.state} ${seen.read} ${seen.folded}`;
    if (words !== moved.words) moved = { at: now, words };
    else if (begunAt !== null && now - moved.at > moveWithinMs)
      return { service, seen, why: 'it says nothing any more; whoever starts it next will do it' };
    await sleep(everyMs);
  }
}
