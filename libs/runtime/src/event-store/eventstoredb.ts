/** The event store in EventStoreDB. Every connection error surfaces, but in a subscription; appending again is always safe. */

import {
  MaxAppendSizeExceededError,
  NO_STREAM as NOTHING,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import { type Random, systemRandom } from '../bus/backoff.js';
import { holdsFacts } from './categories.js';
import { checkEnvelopes } from './check-envelopes.js';
import type { Envelope, Recorded } from './envelope.js';
import { LedgerClient } from './eventstoredb-client.js';
import { isBehind, toEnvelope, toEvent, toPosition, toText } from './eventstoredb-events.js';
import { subscribe } from './eventstoredb-subscription.js';
import { parseEventStoreDbUrl } from './eventstoredb-url.js';
import { type EventStore, FactTooLarge, NO_STREAM, RevisionConflict } from './port.js';

export interface EventStoreDbOptions {
  readonly applicationName?: string;
  readonly random?: Random;
}

/** Throws BadEventStoreDbUrl; whether the server is there shows with the first call. */
export function openEventStoreDb(
  url: string,
  { applicationName = 'facts', random = systemRandom }: EventStoreDbOptions = {},
): EventStore {
  const client = LedgerClient.to(parseEventStoreDbUrl(url), applicationName);
  return {
    async append(stream, expected, envelopes) {
      const bytes = checkEnvelopes(stream, expected, envelopes);
      if (!holdsFacts(stream)) throw new RangeError(`${stream} is no stream of facts: nobody would hear of it`);
      const expectedRevision = expected === NO_STREAM ? NOTHING : BigInt(expected);
      try {
        await client.appendToStream(stream, envelopes.map(toEvent), { expectedRevision });
      } catch (error) {
        if (error instanceof MaxAppendSizeExceededError) throw new FactTooLarge(stream, bytes);
        if (!(error instanceof WrongExpectedVersionError)) throw error;
        const kept = await read(client, stream, expected + 1, envelopes.length);
        if (envelopes.every(({ id }, index) => kept[index]?.id === id)) return;
        throw new RevisionConflict(stream, expected, headOf(error));
      }
    },
    read: (stream, fromRevision = 0) => read(client, stream, fromRevision),
    readAll: (after, limit) => readAll(client, after, limit),
    subscribe: (after, signal) => subscribe(client, random, after, signal),
    close: () => client.close(),
  };
}

async function read(client: LedgerClient, stream: string, from: number, maxCount?: number): Promise<Envelope[]> {
  const options = { fromRevision: BigInt(from), ...(maxCount !== undefined && { maxCount }) };
  const envelopes: Envelope[] = [];
  try {
    for await (const { event } of client.readStream(stream, options)) if (event) envelopes.push(toEnvelope(event));
  } catch (error) {
    if (error instanceof StreamNotFoundError) return [];
    throw error;
  }
  return envelopes;
}

/** The client cannot have the server leave out other streams here, as a subscription can, so they are passed over on this side. */
async function readAll(client: LedgerClient, after: string | null, limit: number): Promise<Recorded[]> {
  const position = after === null ? null : toPosition(after);
  const reading = client.readAll({ fromPosition: position ?? START });
  // It may fail once more while nobody reads it any longer.
  reading.on('error', () => undefined);
  const recorded: Recorded[] = [];
  try {
    if (limit > 0) {
      for await (const { event } of reading) {
        // The server reads from a position on, the port goes on behind it.
        if (event === undefined || (position !== null && !isBehind(event.position, position))) continue;
        if (!holdsFacts(event.streamId)) continue;
        if (recorded.push({ envelope: toEnvelope(event), position: toText(event.position) }) === limit) break;
      }
    }
  } finally {
    await reading.cancel();
  }
  return recorded;
}

const headOf = ({ actualVersion }: WrongExpectedVersionError): number =>
  typeof actualVersion === 'bigint' ? Number(actualVersion) : NO_STREAM;
