/** Follows the store from outside, through every death of its database: what is under way now, and when the next fact of a kind comes. */

import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_EVERY_MS = 50;
const BATCH = 500;

export class Watch {
  private readonly rentals = new Map<string, Envelope[]>();
  private readonly waiting = new Set<{ readonly type: string; readonly hear: () => void }>();
  private position: string | null = null;

  constructor(private readonly store: Pick<EventStore, 'readAll'>) {}

  /** Until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Its database is one of those that die.
      const batch = await this.store.readAll(this.position, BATCH).catch(() => []);
      for (const { envelope, position } of batch) {
        this.position = position;
        this.hear(envelope);
      }
      if (batch.length < BATCH) await sleep(LOOK_EVERY_MS);
    }
  }

  /** Resolves with the next fact of this type, or after `withinMs`. */
  async next(type: string, withinMs: number): Promise<void> {
    let end: () => void = () => undefined;
    const heard = new Promise<void>((resolve) => (end = resolve));
    const one = { type, hear: end };
    this.waiting.add(one);
    const timer = setTimeout(end, withinMs);
    await heard;
    clearTimeout(timer);
    this.waiting.delete(one);
  }

  /** How many rentals are in which state: `2 running, 1 ended`. Those that are over are left out. */
  underWay(): string {
    const counts = new Map<string, number>();
    for (const facts of this.rentals.values()) {
      const { status } = fold(rentalStream.decider, facts.map(rentalStream.decode));
      if (status !== 'settled' && status !== 'expired') counts.set(status, (counts.get(status) ?? 0) + 1);
    }
    return [...counts].map(([status, count]) => `${count} ${status}`).join(', ') || 'nothing';
  }

  private hear(envelope: Envelope): void {
    const { stream, type } = envelope;
    if (categoryOf(stream) !== 'rental') return;
    this.rentals.set(stream, [...(this.rentals.get(stream) ?? []), envelope]);
    for (const one of this.waiting) if (type.startsWith(`${one.type}.`)) one.hear();
  }
}
