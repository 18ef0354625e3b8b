/** Facts of an ordinary size to append when only the store is measured: ids are unique, hashes mean nothing. */

import type { Envelope } from '@tokenos/runtime/event-store/envelope';

const DATA = {
  rentalId: '0190a3c0-0000-7000-8000-000000000000',
  attempt: 1,
  fromMinute: 0,
  minutes: 'f'.repeat(200),
  evidenceSha256: 'a'.repeat(64),
  amountMicroUsdc: '41583333',
  rules: 'metering@1',
};

let made = 0;

/** About 900 bytes of JSON, half of them data. */
export function benchFact(stream: string, revision: number): Envelope {
  const number = String(++made);
  return {
    id: number.padStart(36, '0'),
    stream,
    revision,
    type: 'UsageMetered.v1',
    at: '2026-11-23T12:00:00.000Z',
    by: 'bench',
    correlationId: number.padStart(36, 'c'),
    causationId: number.padStart(36, 'd'),
    data: DATA,
    prevHash: '0'.repeat(64),
    hash: number.padStart(64, '0'),
  };
}

const FACTS_PER_STREAM = 20;

/** What one writer appends, one after the other: streams of the length of an ordinary rental's. */
export function* benchFacts(writer: string): Generator<Envelope, never> {
  for (let rental = 0; ; rental++) {
    for (let revision = 0; revision < FACTS_PER_STREAM; revision++) {
      yield benchFact(`rental-${writer}-${rental}`, revision);
    }
  }
}
