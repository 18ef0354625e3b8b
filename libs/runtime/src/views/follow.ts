/** Keeps a service's view complete: the bus says at once that there is a fact, and only the store says what it is. */

import type { Kysely } from 'kysely';
import type { Clock } from '../clock.js';
import type { Envelope } from '../event-store/envelope.js';
import type { EventStore } from '../event-store/port.js';
import type { Signals } from '../service/signals.js';
import type { DutyQueue } from './duty-queue.js';
import { categoryOf } from './envelope-payload.js';
import type { Runs } from './fold-runs.js';
import { foldWithGaps } from './fold-with-gaps.js';
import { type Brought, StorePass } from './store-pass.js';
import type { RuntimeTables } from './tables.js';
import type { Reactions, View } from './view.js';
import { Waker } from './waker.js';

/** `own`: this very service has just appended it and wants to read its own write. */
export type Via = 'bus' | 'store' | 'own';

export interface FollowerParts<Tables> {
  readonly db: Kysely<RuntimeTables>;
  readonly store: EventStore;
  readonly view: View<Tables>;
  readonly reactions: Reactions;
  /** Streams that concern this service: `rental`, `node`. */
  readonly categories: readonly string[];
  readonly queue: DutyQueue;
  readonly clock: Clock;
  readonly signals: Signals;
  /** Pause between two looks at the store; wall time. */
  readonly everyMs?: number;
  /** Younger facts are left to the bus; wall time. */
  readonly graceMs?: number;
}

export class FactFollower<Tables = unknown> {
  private readonly waker = new Waker();
  private readonly storePass: StorePass;
  private loop: Promise<void> = Promise.resolve();
  private stopping = false;
  private lastPassAt: number;

  constructor(private readonly parts: FollowerParts<Tables>) {
    this.lastPassAt = parts.clock.now();
    this.storePass = new StorePass(parts, (runs) => this.fold(runs));
  }

  /**
   * Applies the fact, and before it whatever of its stream is missing. `skipped`: known already, none of our business, or
   * heard on the bus and not in the store, which is alarmed.
   */
  async take(envelope: Envelope, via: Via): Promise<'applied' | 'skipped'> {
    const { stream } = envelope;
    if (!this.parts.categories.includes(categoryOf(stream))) return 'skipped';
    const run = via === 'bus' ? await this.asStored(envelope) : [envelope];
    const applied = run.length === 0 ? [] : await this.fold(new Map([[stream, run]]));
    if (applied.length === 0) return 'skipped';
    this.parts.signals.count(`facts_via_${via}`, applied.length);
    return 'applied';
  }

  /** Applies all that the store has and the view has not. Await it before saying ready. `onRead`: facts looked at so far. */
  async catchUp(onRead?: (read: number) => void): Promise<void> {
    await this.pass(0, onRead);
  }

  /** Begins looking at the store from time to time. */
  start(): void {
    this.loop = this.watch();
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.waker.wake();
    await this.loop;
  }

  /** Wall milliseconds since the view was last known to hold all that the store had. */
  lagMs(): number {
    const { clock } = this.parts;
    return clock.toWallDuration(clock.now() - this.lastPassAt);
  }

  private async watch(): Promise<void> {
    const { everyMs = 10_000, graceMs = 3_000, signals } = this.parts;
    for (;;) {
      await this.waker.nap(everyMs);
      if (this.stopping) return;
      try {
        const { count, named } = await this.pass(graceMs);
        // Alarmed once per pass, counted one by one: after an outage of the bus there are many.
        if (count > 0) {
          signals.count('facts_rescued', count);
          signals.alarm('bus_lost_facts', { count, facts: named });
        }
      } catch (err) {
        signals.alarm('store_unreadable', { err });
      }
    }
  }

  private async pass(graceMs: number, onRead?: (read: number) => void): Promise<Brought> {
    const startedAt = this.parts.clock.now();
    const brought = await this.storePass.run(graceMs, onRead);
    this.lastPassAt = startedAt;
    return brought;
  }

  /**
   * What the store has up to the revision that was heard of, from the first that the view lacks. Anyone whom the bus
   * lets in could have written the message, and could have computed its hashes: it wakes us, and is not believed.
   */
  private async asStored({ stream, revision, hash, id, type }: Envelope): Promise<readonly Envelope[]> {
    const { db, store, signals } = this.parts;
    const row = await db.selectFrom('followed').select('revision').where('stream', '=', stream).executeTakeFirst();
    const from = (row?.revision ?? -1) + 1;
    if (revision < from) return [];
    const stored = await store.read(stream, from);
    const run = stored.filter((envelope) => envelope.revision <= revision);
    const announced = run.at(-1);
    if (announced?.revision !== revision || announced.hash !== hash) {
      signals.alarm('fact_not_in_store', { stream, revision, id, type });
    }
    if (run.length > 1) signals.count('gaps_filled');
    return run;
  }

  private async fold(runs: Runs): Promise<readonly Envelope[]> {
    const applied = await foldWithGaps(this.parts, runs);
    if (applied.length > 0) this.parts.queue.wake();
    return applied;
  }
}
