/** The event store in memory: for unit tests and the simulation, with the same promises as the real ones. */

import { EventEmitter } from 'node:events';
import { checkEnvelopes } from './check-envelopes.js';
import type { Envelope } from './envelope.js';
import { follow } from './follow.js';
import { numberedPosition } from './numbered-position.js';
import { type EventStore, RevisionConflict } from './port.js';

/** Nothing rings unheard here, so the safety net may be slow. */
const POLL_MS = 60_000;

/** Facts are kept as text, so that nobody shares an object with the store, or with another reader. */
export function memoryEventStore(): EventStore {
  const log: string[] = [];
  const streams = new Map<string, string[]>();
  const bell = new EventEmitter<{ ring: [] }>().setMaxListeners(0);
  const parse = (text: string): Envelope => JSON.parse(text) as Envelope;

  const readAll: EventStore['readAll'] = async (after, limit) => {
    const from = Number(numberedPosition(after));
    return log
      .slice(from, from + limit)
      .map((text, index) => ({ envelope: parse(text), position: `${from + index + 1}` }));
  };

  return {
    readAll,
    async append(stream, expected, envelopes) {
      checkEnvelopes(stream, expected, envelopes);
      const facts = streams.get(stream) ?? [];
      const actual = facts.length - 1;
      if (actual !== expected) {
        const kept = facts.slice(expected + 1).map((text) => parse(text).id);
        if (envelopes.every(({ id }, index) => kept[index] === id)) return;
        throw new RevisionConflict(stream, expected, actual);
      }
      const texts = envelopes.map((envelope) => JSON.stringify(envelope));
      facts.push(...texts);
      streams.set(stream, facts);
      log.push(...texts);
      bell.emit('ring');
    },
    read: async (stream, fromRevision = 0) => (streams.get(stream) ?? []).slice(fromRevision).map(parse),
    subscribe: (after, signal) => follow({ readAll, bell, pollMs: POLL_MS }, after, signal),
    close: async () => undefined,
  };
}
