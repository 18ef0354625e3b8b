/** Envelopes to put into an event store when only the store is under test: ids are unique, hashes mean nothing. */

import type { Envelope, Json } from '@tokenos/runtime/event-store/envelope';

let made = 0;

export function envelopes(stream: string, expected: number, ...data: Json[]): Envelope[] {
  return data.map((datum, index) => ({
    id: `00000000-0000-7000-8000-${String(++made).padStart(12, '0')}`,
    stream,
    revision: expected + 1 + index,
    type: 'SomethingHappened.v1',
    at: '2026-11-23T12:00:00.000Z',
    by: 'spec',
    correlationId: 'correlation',
    causationId: 'causation',
    data: datum,
    prevHash: '0'.repeat(64),
    hash: String(made).padStart(64, '0'),
  }));
}
