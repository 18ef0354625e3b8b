/** Rings when facts were appended, by LISTEN on a connection of its own that is opened again whenever it breaks. */

import { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const RECONNECT_MS = 500;

export interface PostgresBell {
  readonly bell: EventEmitter<{ ring: [] }>;
  close(): Promise<void>;
}

/** Rings after each (re)connection too, since notices may have been missed. Starts at once; being unable to listen is not an error. */
export function postgresBell(config: pg.ClientConfig, channel: string): PostgresBell {
  const bell = new EventEmitter<{ ring: [] }>().setMaxListeners(0);
  const closing = new AbortController();

  /** Until the connection ends, or the bell is closed. */
  async function listen(): Promise<void> {
    const client = new pg.Client(config);
    client.on('notification', () => bell.emit('ring'));
    client.on('error', () => undefined);
    const ended = new Promise<void>((resolve) => {
      client.once('end', resolve);
      closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      await client.connect();
      await client.query(`listen ${channel}`);
      bell.emit('ring');
      await ended;
    } finally {
      await client.end();
    }
  }

  async function listenForEver(): Promise<void> {
    while (!closing.signal.aborted) {
      await listen().catch(() => undefined);
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const done = listenForEver();
  return {
    bell,
    close: () => {
      closing.abort();
      return done;
    },
  };
}
