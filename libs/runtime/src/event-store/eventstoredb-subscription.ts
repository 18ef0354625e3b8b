/** A subscription that outlives its connection: opened again behind the last fact it gave, so that none is lost and none comes twice. */

import {
  AccessDeniedError,
  type AllStreamResolvedEvent,
  type Position,
  START,
  streamNameFilter,
} from '@eventstore/db-client';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Backoff, backoffMs, systemRandom } from '../bus/backoff.js';
import { PREFIXES } from './categories.js';
import type { Recorded } from './envelope.js';
import type { LedgerClient } from './eventstoredb-client.js';
import { AlienEvent, isBehind, toEnvelope, toPosition, toText } from './eventstoredb-events.js';

/** In a row and without a fact between them; then whoever follows hears of it, instead of waiting in silence. */
const FAILURES_IN_SILENCE = 20;

/** The server sends only streams of facts. Throws when access is denied, on an AlienEvent, or after twenty failures to connect in a row. */
export async function* subscribe(
  client: LedgerClient,
  reconnect: Backoff,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<Recorded, void, void> {
  let position = after === null ? null : toPosition(after);
  let failures = 0;
  while (!signal.aborted) {
    try {
      for await (const { event } of connect(client, position, signal)) {
        if (event === undefined || (position !== null && !isBehind(event.position, position))) continue;
        yield { envelope: toEnvelope(event), position: toText(event.position) };
        position = event.position;
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) return;
      failures += 1;
      if (isForGood(error) || failures > FAILURES_IN_SILENCE) throw error;
    }
    await sleep(backoffMs(Math.max(failures, 1), systemRandom, reconnect), undefined, { signal }).catch(
      () => undefined,
    );
  }
}

/** The next connection would fail as this one did. */
const isForGood = (error: unknown): boolean => error instanceof AccessDeniedError || error instanceof AlienEvent;

/** One connection's worth, cancelled on the server when the reader stops, for whatever reason. */
async function* connect(
  client: LedgerClient,
  after: Position | null,
  signal: AbortSignal,
): AsyncGenerator<AllStreamResolvedEvent, void, void> {
  const filter = streamNameFilter({ prefixes: [...PREFIXES] });
  const subscription = client.subscribeToAll({ fromPosition: after ?? START, filter });
  // It may fail once more while nobody reads it any longer.
  subscription.on('error', () => undefined);
  const stop = (): void => {
    void subscription.unsubscribe().catch(() => undefined);
    subscription.destroy();
  };
  signal.addEventListener('abort', stop);
  try {
    if (!signal.aborted) yield* subscription;
  } finally {
    signal.removeEventListener('abort', stop);
    stop();
  }
}
