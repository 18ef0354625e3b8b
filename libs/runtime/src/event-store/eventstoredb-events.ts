/** An envelope as an event of EventStoreDB, and back, to the byte: what the server knows of an event is not stored a second time. */

import type { AllStreamRecordedEvent, EventData, JSONType, Position } from '@eventstore/db-client';
import { z } from 'zod';
import type { Envelope, Json } from './envelope.js';
import { BadPosition } from './port.js';

const metadata = z.strictObject({
  at: z.string(),
  by: z.string(),
  correlationId: z.string(),
  causationId: z.string(),
  prevHash: z.string(),
  hash: z.string(),
});

/** Data may be any JSON, also null or a number, which the client's types leave out and the wire does not. */
export function toEvent({ id, type, data, ...envelope }: Envelope): EventData {
  const { at, by, correlationId, causationId, prevHash, hash } = envelope;
  return {
    id,
    contentType: 'application/json',
    type,
    data: data as JSONType,
    metadata: { at, by, correlationId, causationId, prevHash, hash },
  };
}

type Event = Pick<AllStreamRecordedEvent, 'id' | 'streamId' | 'revision' | 'type' | 'data' | 'metadata' | 'isJson'>;

/** Someone else has written into one of our streams. */
export class AlienEvent extends Error {
  constructor(stream: string, revision: bigint) {
    super(`${stream} revision ${String(revision)} is an event, but no fact`);
    this.name = 'AlienEvent';
  }
}

/** Throws AlienEvent. */
export function toEnvelope({ id, streamId, revision, type, data, isJson, ...event }: Event): Envelope {
  const ours = metadata.safeParse(event.metadata);
  if (!isJson || !ours.success) throw new AlienEvent(streamId, revision);
  const { at, by, correlationId, causationId, prevHash, hash } = ours.data;
  return {
    id,
    stream: streamId,
    revision: Number(revision),
    type,
    at,
    by,
    correlationId,
    causationId,
    data: data as Json,
    prevHash,
    hash,
  };
}

/** `<commit>-<prepare>`, both needed to find the place again. */
export const toText = ({ commit, prepare }: Position): string => `${String(commit)}-${String(prepare)}`;

/** The wire's numbers have 64 bits, one of them for the sign. */
const MAX = 2n ** 63n - 1n;

/** Throws BadPosition. */
export function toPosition(text: string): Position {
  const [commit, prepare] = (/^(\d{1,19})-(\d{1,19})$/.exec(text)?.slice(1) ?? []).map(BigInt);
  if (commit === undefined || prepare === undefined || commit > MAX || prepare > MAX) throw new BadPosition(text);
  return { commit, prepare };
}

export const isBehind = (one: Position, other: Position): boolean =>
  one.commit > other.commit || (one.commit === other.commit && one.prepare > other.prepare);
