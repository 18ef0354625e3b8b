/**
 * Keeps a service's view and duties complete, as runtime's follow.ts does: each revision of a stream once and in order, what is
 * missing read from the store, and what the bus never brought found by looking at the store.
 *
 * Production looks every 10 s and leaves facts younger than 3 s to the bus. Here a fact that this service lacks is looked for at the
 * first such time after it was appended; looks that would find nothing are not taken.
 */

import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { causedBy } from '@tokenos/runtime/service/cause';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { Reactions } from '@tokenos/runtime/views/view';
import type { DutyTable } from './duty-table.js';

export const LOOK_EVERY_MS = 10_000;
export const GRACE_MS = 3_000;

/** Where each stream stands in a service's database: outlives the process. */
export type Followed = Map<string, number>;

export interface FollowerParts {
  readonly store: Pick<EventStore, 'read'>;
  readonly categories: readonly string[];
  readonly followed: Followed;
  readonly apply: (envelope: Envelope) => Promise<void>;
  readonly reactions: Reactions;
  readonly table: DutyTable;
  readonly signals: Signals;
}

export class Follower {
  /** One fold at a time: a real one locks the stream's row. */
  private folding: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: FollowerParts) {}

  concerns({ stream }: Pick<Envelope, 'stream'>): boolean {
    return this.parts.categories.includes(stream.slice(0, stream.indexOf('-')));
  }

  knows({ stream, revision }: Pick<Envelope, 'stream' | 'revision'>): boolean {
    return revision <= (this.parts.followed.get(stream) ?? -1);
  }

  async take(envelope: Envelope): Promise<'applied' | 'skipped'> {
    if (!this.concerns(envelope) || this.knows(envelope)) return 'skipped';
    const from = (this.parts.followed.get(envelope.stream) ?? -1) + 1;
    const isNext = envelope.revision === from;
    const run = isNext ? [envelope] : await this.parts.store.read(envelope.stream, from);
    if (!isNext) this.parts.signals.count('gaps_filled');
    const turn = this.folding.then(() => this.fold(run));
    this.folding = turn.catch(() => undefined);
    await turn;
    return 'applied';
  }

  /** View, duties and revision are one transaction: nobody dies in here. */
  private async fold(run: readonly Envelope[]): Promise<void> {
    const { followed, apply, reactions, table } = this.parts;
    for (const envelope of run) {
      if (this.knows(envelope)) continue;
      await apply(envelope);
      table.apply(reactions(envelope), causedBy(envelope));
      followed.set(envelope.stream, envelope.revision);
    }
  }
}
