/** A key-value bucket on the bus whose entries change by compare-and-set and can be watched. */

import type { KV, KvEntry } from '@nats-io/kv';
import { isWrongLastSequence } from './api-errors.js';
import { Undecodable } from './failures.js';

export interface Entry<T> {
  readonly key: string;
  /** null: deleted. */
  readonly value: T | null;
  /** Rises with every write to the bucket; what `update` compares. */
  readonly revision: number;
}

/** Someone else wrote first. Read again, decide again. */
export class StaleRevision extends Error {
  override readonly name = 'StaleRevision';
}

export class Bucket<T> {
  constructor(private readonly kv: KV) {}

  /** null where nothing was ever written; an entry with value null where it was deleted. */
  async get(key: string): Promise<Entry<T> | null> {
    const entry = await this.kv.get(key);
    return entry === null ? null : decoded<T>(entry);
  }

  /** Writes whatever is there; gives the new revision. */
  put(key: string, value: T): Promise<number> {
    return this.kv.put(key, JSON.stringify(value));
  }

  /** Writes only over that revision (0: only where nothing is); gives the new revision. Throws StaleRevision. */
  async update(key: string, value: T, revision: number): Promise<number> {
    try {
      const json = JSON.stringify(value);
      return await (revision === 0 ? this.kv.create(key, json) : this.kv.update(key, json, revision));
    } catch (error) {
      if (isWrongLastSequence(error)) {
        throw new StaleRevision(`${key}: not at revision ${revision}`, { cause: error });
      }
      throw error;
    }
  }

  async keys(): Promise<string[]> {
    const found: string[] = [];
    for await (const key of await this.kv.keys()) found.push(key);
    return found;
  }

  /** The entries as they are, then every change, until the signal aborts. Survives reconnects. */
  async *watch(key: string, signal: AbortSignal): AsyncGenerator<Entry<T>> {
    const watch = await this.kv.watch({ key });
    const stop = (): void => watch.stop();
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    try {
      for await (const entry of watch) yield decoded<T>(entry);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
}

function decoded<T>(entry: KvEntry): Entry<T> {
  const { key, revision, operation } = entry;
  if (operation !== 'PUT') return { key, value: null, revision };
  try {
    return { key, value: entry.json<T>(), revision };
  } catch (cause) {
    throw new Undecodable(`${key}: not JSON`, { cause });
  }
}
