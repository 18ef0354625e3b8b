/** Opens the event store that a URL names, so that nobody above it knows which one it stands on. */

import { BadEventStoreDbUrl, parseEventStoreDbUrl } from './eventstoredb-url.js';
import type { EventStore } from './port.js';
import { openPostgresEventStore } from './postgres.js';

export interface EventStoreOptions {
  /** How the store's administrators see us. */
  readonly applicationName?: string;
}

const isPostgres = (url: string): boolean => /^postgres(ql)?:\/\//.test(url);

/** `esdb://`, `esdb+discover://` or `postgresql://`. */
export function isEventStoreUrl(url: string): boolean {
  if (isPostgres(url)) return URL.canParse(url);
  try {
    parseEventStoreDbUrl(url);
    return true;
  } catch (error) {
    if (error instanceof BadEventStoreDbUrl) return false;
    throw error;
  }
}

/** Throws BadEventStoreDbUrl, or whatever keeps Postgres from opening; EventStoreDB is connected to with the first call. */
export async function openEventStore(url: string, options: EventStoreOptions = {}): Promise<EventStore> {
  if (isPostgres(url)) return openPostgresEventStore(url, options);
  // Its client is 150 modules with gRPC: only who uses it waits for them.
  const { openEventStoreDb } = await import('./eventstoredb.js');
  return openEventStoreDb(url, options);
}
