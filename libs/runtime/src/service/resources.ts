/** All that a service holds open: opened in order, closed in reverse, also when opening fails half-way. */

import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { Bus } from '../bus/bus.js';
import { type Clock, scaledClock } from '../clock.js';
import { openDatabase } from '../database/database.js';
import { type Migrations, migrate } from '../database/migrate.js';
import { openEventStore } from '../event-store/open.js';
import type { EventStore } from '../event-store/port.js';
import { type Ids, randomIds } from '../ids.js';
import { runtimeMigrations, type RuntimeTables } from '../views/tables.js';
import type { BaseConfig } from './base-config.js';
import { createSignals, type Signals } from './signals.js';

export interface Resources {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
  readonly signals: Signals;
  readonly db: Kysely<RuntimeTables>;
  readonly store: EventStore;
  readonly bus: Bus;
  close(): Promise<void>;
}

export async function openResources(
  name: string,
  config: BaseConfig,
  migrations: Migrations,
  log: Logger,
): Promise<Resources> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) {
      await closeOne().catch((err: unknown) => log.warn({ err }, 'closing'));
    }
  };
  try {
    const db = openDatabase<RuntimeTables>(config.DATABASE_URL, name);
    closers.push(() => db.destroy());
    await migrate(db, name, { ...runtimeMigrations, ...migrations });
    const store = await openEventStore(config.EVENTSTORE_URL ?? config.DATABASE_URL, { applicationName: name });
    closers.push(() => store.close());
    const { NATS_URL: url, NATS_USER: user, NATS_PASSWORD: password } = config;
    const bus = await Bus.connect({ url, user, password, name, log });
    closers.push(() => bus.close());
    const clock = scaledClock({ factor: config.CLOCK_SCALE, originMs: config.CLOCK_ORIGIN_MS });
    return { clock, ids: randomIds, log, signals: createSignals(log), db, store, bus, close };
  } catch (error) {
    await close();
    throw error;
  }
}
