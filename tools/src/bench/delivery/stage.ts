/** What the delivery of facts is measured on: Postgres, NATS, and the outbox as the process that it is. */

import { Bus } from '@tokenos/runtime/bus/bus';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { startNats } from '@tokenos/runtime/local/nats';
import { startPostgres } from '@tokenos/runtime/local/postgres';
import { join } from 'node:path';
import { bundledServices } from '../../platform/bundles.js';
import { startProgram } from '../../platform/program.js';
import { openPlainInserts, type PlainInserts } from '../store/plain-inserts.js';

export interface Stage {
  readonly bus: Bus;
  readonly store: EventStore;
  /** One writer, in the same database. */
  readonly plain: PlainInserts;
  close(): Promise<void>;
}

export async function openStage(dataDir: string): Promise<Stage> {
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const closeOne of closers.splice(0).reverse()) await closeOne();
  };
  try {
    const postgres = await startPostgres({ dataDir: join(dataDir, 'postgres') });
    closers.push(() => postgres.stop());
    const nats = await startNats({ dataDir: join(dataDir, 'nats') });
    closers.push(() => nats.stop());
    const bus = await Bus.connect({ url: nats.url, name: 'bench', log: SILENT });
    closers.push(() => bus.close());
    const store = await openPostgresEventStore(postgres.url);
    closers.push(() => store.close());
    const plain = await openPlainInserts(postgres.url, 1);
    closers.push(() => plain.close());
    const outbox = await startProgram({
      name: 'outbox',
      script: (await bundledServices(process.cwd()))('outbox'),
      env: { DATABASE_URL: postgres.url, NATS_URL: nats.url, LOG_LEVEL: 'warn' },
      logFile: join(dataDir, 'outbox.log'),
    });
    closers.push(() => outbox.stop());
    return { bus, store, plain, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const ignore = (): void => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };
