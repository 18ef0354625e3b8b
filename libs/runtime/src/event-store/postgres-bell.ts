/** Rings when facts were appended, by LISTEN on a connection of its own that is opened again whenever it breaks. */

import { EventEmitter, once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const RECONNECT_MS = 500;

export interface PostgresBell {
  readonly bell: EventEmitter<{ ring: [] }>;
  close(): Promise<void>;
}

/** Rings after each connection too, since notices may have been missed. Being unable to listen is no error: the poll is there. */
export function postgresBell(config: pg.ClientConfig, channel: string): PostgresBell {
  const bell = new EventEmitter<{ ring: [] }>().setMaxListeners(0);
  const closing = new AbortController();
  const closed = once(closing.signal, 'abort');

  async function listenOnce(): Promise<void> {
    const client = new pg.Client(config);
    const ended = new Promise<void>((resolve) => client.once('end', resolve));
    client.on('notification', () => bell.emit('ring'));
    client.on('error', () => undefined);
    await client.connect();
    try {
      await client.query(`listen ${channel}`);
      bell.emit('ring');
      await Promise.race([ended, closed]);
    } finally {
      await client.end();
    }
  }

  async function listen(): Promise<void> {
    while (!closing.signal.aborted) {
      await listenOnce().catch(() => undefined);
      await sleep(RECONNECT_MS, undefined, { signal: closing.signal }).catch(() => undefined);
    }
  }

  const listening = listen();
  return {
    bell,
    close() {
      closing.abort();
      return listening;
    },
  };
}
