/** Looks each second whether somebody wishes the view rebuilt, and does it; also where the process that had begun is dead. */

import type { Kysely } from 'kysely';
import type { Log } from '../../service/signals.js';
import type { RuntimeTables } from '../tables.js';
import { Waker } from '../waker.js';
import { type RebuildParts, rebuildView } from './rebuild.js';
import { beginRebuild, endRebuild, noteProgress, openRebuild } from './request.js';

export interface RebuildWatchParts<Tables> extends RebuildParts<Tables> {
  readonly db: Kysely<RuntimeTables>;
  readonly log: Log;
  /** Pause between two looks; wall time. */
  readonly everyMs?: number;
}

/** Of one wish: then it is the rebuild that kills them. */
const MAX_ATTEMPTS = 3;
/** How often progress is written down; wall time. */
const PROGRESS_EVERY_MS = 250;

export class RebuildWatch<Tables = unknown> {
  private readonly waker = new Waker();
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();

  constructor(private readonly parts: RebuildWatchParts<Tables>) {}

  start(): void {
    this.loop = this.watch();
  }

  /** What is under way is given up, and begun anew by whoever comes next. */
  async stop(): Promise<void> {
    this.stopping.abort(new Error('the service is shutting down'));
    this.waker.wake();
    await this.loop;
  }

  private async watch(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      try {
        const open = await openRebuild(this.parts.db);
        if (open !== undefined) await this.fulfil(open.duties);
      } catch (err) {
        this.parts.signals.alarm('rebuild_unreadable', { err });
      }
      await this.waker.nap(this.parts.everyMs ?? 1_000);
    }
  }

  private async fulfil(duties: boolean): Promise<void> {
    const { db, log, signals } = this.parts;
    const { signal } = this.stopping;
    const from = performance.now();
    let [notedAt, looked, done] = [from, 0, 0];
    try {
      const rebuilt = await rebuildView(this.parts, {
        ...{ duties, signal },
        async onBegin() {
          const attempts = await beginRebuild(db);
          if (attempts > MAX_ATTEMPTS) throw new Error(`${MAX_ATTEMPTS} processes have begun it and did not end it`);
        },
        async onProgress(read, folded) {
          [looked, done] = [read, folded];
          if (performance.now() - notedAt < PROGRESS_EVERY_MS) return;
          notedAt = performance.now();
          await noteProgress(db, read, folded);
        },
        async onSwapped(tx) {
          await noteProgress(tx, looked, done);
          await endRebuild(tx, null);
        },
      });
      if (rebuilt) log.info({ ms: Math.round(performance.now() - from) }, 'the view is rebuilt');
    } catch (err) {
      if (signal.aborted) return;
      signals.alarm('rebuild_failed', { err });
      await endRebuild(db, inWords(err).slice(0, 500));
    }
  }
}

/** What happened and what led to it. */
function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
