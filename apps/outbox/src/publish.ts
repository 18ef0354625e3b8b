/** Store to bus: every fact, in the store's order, again and again until NATS has it; the checkpoint follows behind. */

import { factSubject } from '@tokenos/contracts/subjects';
import { backoffMs, type Random } from '@tokenos/runtime/bus/backoff';
import type { FactMessage } from '@tokenos/runtime/bus/fact-publisher';
import type { Recorded } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Signals } from '@tokenos/runtime/service/signals';
import { readCheckpoint, saveCheckpoint } from '@tokenos/runtime/views/checkpoints';
import type { RuntimeTables } from '@tokenos/runtime/views/tables';
import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { batches } from './batches.js';
import { asSolePublisher } from './sole-publisher.js';
import { trailing } from './trailing.js';

export interface PublishParts {
  readonly db: Kysely<RuntimeTables>;
  readonly store: EventStore;
  /** Stores as many from the front as it can and gives their number; throws where that is none. */
  readonly publish: (messages: readonly FactMessage[]) => Promise<number>;
  readonly signals: Signals;
  readonly random: Random;
  readonly batchSize: number;
}

const CHECKPOINT = 'published';
const RETRY = { firstMs: 100, maxMs: 2_000 };

/** Publishes for ever; resolves once the signal aborts. */
export async function publishFacts(parts: PublishParts, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await asSolePublisher(parts.db, signal, (locked) => publishFrom(parts, locked, signal, () => (failures = 0)));
    } catch (err) {
      if (signal.aborted) return;
      failures += 1;
      parts.signals.count('publishing_interrupted');
      if (failures === 5) parts.signals.alarm('publishing_keeps_failing', { err });
      await sleep(backoffMs(failures, parts.random, RETRY), undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Any failure ends it: the next round begins at the checkpoint again, and NATS drops what it has already. */
async function publishFrom(
  { store, publish, signals, batchSize }: PublishParts,
  locked: Kysely<RuntimeTables>,
  signal: AbortSignal,
  succeeded: () => void,
): Promise<void> {
  const facts = store.subscribe(await readCheckpoint(locked, CHECKPOINT), signal);
  const checkpoint = trailing((position) => saveCheckpoint(locked, CHECKPOINT, position));
  try {
    for await (const batch of batches(facts, batchSize)) {
      for (let rest = batch; rest.length > 0;) {
        const stored = await publish(rest.map(messageOf));
        const last = rest[stored - 1];
        if (last !== undefined) checkpoint.moveTo(last.position);
        signals.count('facts_published', stored);
        succeeded();
        rest = rest.slice(stored);
      }
    }
  } finally {
    await checkpoint.settled();
  }
}

const messageOf = ({ envelope }: Recorded): FactMessage => ({
  subject: factSubject(envelope.stream, envelope.type),
  envelope,
});
