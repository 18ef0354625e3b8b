/** The event store in EventStoreDB. Every connection error surfaces, but in a subscription; appending again is always safe. */

import {
  type AllStreamRecordedEvent,
  MaxAppendSizeExceededError,
  NO_STREAM as NOTHING,
  START,
  StreamNotFoundError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { Backoff } from '../bus/backoff.js';
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
  /** How long a subscription waits before it connects again. */
  readonly reconnect?: Backoff;
}

/** Events read at once where others' streams lie between the facts. */
const PAGE = 500;

/** Throws BadEventStoreDbUrl; whether the server is there shows with the first call. */
export function openEventStoreDb(
  url: string,
  { applicationName = 'facts', reconnect = { firstMs: 50, maxMs: 2_000 } }: EventStoreDbOptions = {},
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
    subscribe: (after, signal) => subscribe(client, reconnect, after, signal),
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
  const recorded: Recorded[] = [];
  let position = after === null ? null : toPosition(after);
  // The server begins with the event at the position, and the port behind it: hence one more.
  for (let count = limit + 1; recorded.length < limit; count = PAGE) {
    const page: AllStreamRecordedEvent[] = [];
    const reading = client.readAll({ fromPosition: position ?? START, maxCount: count });
    for await (const { event } of reading) if (event !== undefined) page.push(event);
    for (const event of page) {
      if (position !== null && !isBehind(event.position, position)) continue;
      position = event.position;
      if (!holdsFacts(event.streamId) || recorded.length === limit) continue;
      recorded.push({ envelope: toEnvelope(event), position: toText(position) });
    }
    if (page.length < count) break;
  }
  return recorded;
}

const headOf = ({ actualVersion }: WrongExpectedVersionError): number =>
  typeof actualVersion === 'bigint' ? Number(actualVersion) : NO_STREAM;
