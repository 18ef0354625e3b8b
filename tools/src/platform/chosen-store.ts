/** The event store that a person chose for the whole platform, by EVENTSTORE_URL; where they chose none it is the platform's own Postgres. */

import { isEventStoreUrl, openEventStore } from '@tokenos/runtime/event-store/open';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ChosenStore {
  readonly eventStoreUrl?: string;
}

/** Throws where the variable names no event store; it may hold a password and is not repeated. */
export function chosenStore(env: Environment = process.env): ChosenStore {
  const url = env['EVENTSTORE_URL'] ?? '';
  if (url === '') return {};
  if (!isEventStoreUrl(url)) {
    throw new Error('EVENTSTORE_URL wants esdb://user:password@host:2113?tls=false or postgresql://...');
  }
  return { eventStoreUrl: url };
}

/** For a platform that begins with nothing: facts of an earlier one tell of a chain and of databases that are gone. */
export async function chosenEmptyStore(env: Environment = process.env): Promise<ChosenStore> {
  const chosen = chosenStore(env);
  if (chosen.eventStoreUrl === undefined) return chosen;
  const store = await openEventStore(chosen.eventStoreUrl, { applicationName: 'launcher' });
  try {
    if ((await store.readAll(null, 1)).length === 0) return chosen;
  } finally {
    await store.close();
  }
  throw new Error('EVENTSTORE_URL names a store with facts in it: this run wants one of its own');
}
