/** From append to a consumer on NATS, through the outbox as a process of its own; beside it the shortest way that is as safe. */

import { Bus } from '@tokenos/runtime/bus/bus';
import { FACTS, TELEMETRY } from '@tokenos/runtime/bus/streams';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { startNats } from '@tokenos/runtime/local/nats';
import { startPostgres } from '@tokenos/runtime/local/postgres';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startProgram } from '../../platform/program.js';
import { type Figure, quantile } from '../figures.js';
import type { Part } from '../part.js';
import { benchFacts } from '../store/bench-facts.js';
import { openPlainInserts } from '../store/plain-inserts.js';
import { arrivalsFrom } from './arrivals.js';

const FACTS_SENT = 500;
/** Of the first, which find nothing compiled and no connection used. */
const FORGOTTEN = 50;
/** Apart, so that none waits for the one before it. */
const PAUSE_MS = 5;

export const deliveryPart: Part = async ({ dataDir, interrupted }) => {
  const closers: (() => Promise<void>)[] = [];
  const keep = <T>(opened: T, close: (opened: T) => Promise<void>): T => (closers.push(() => close(opened)), opened);
  try {
    const stopServer = (server: { stop(): Promise<void> }) => server.stop();
    const postgres = keep(await startPostgres({ dataDir: join(dataDir, 'postgres') }), stopServer);
    const nats = keep(await startNats({ dataDir: join(dataDir, 'nats') }), stopServer);
    const close = (open: { close(): Promise<void> }) => open.close();
    const bus = keep(await Bus.connect({ url: nats.url, name: 'bench', log: SILENT }), close);
    const store = keep(await openPostgresEventStore(postgres.url), close);
    const plain = keep(await openPlainInserts(postgres.url, 1), close);
    const outbox = {
      name: 'outbox',
      script: 'apps/outbox/dist/main.js',
      env: { DATABASE_URL: postgres.url, NATS_URL: nats.url, LOG_LEVEL: 'warn' },
      logFile: join(dataDir, 'outbox.log'),
    };
    keep(await startProgram(outbox), stopServer);
    const facts = keep(await arrivalsFrom(bus, FACTS.name), close);
    const copies = keep(await arrivalsFrom(bus, TELEMETRY.name), close);

    const own = benchFacts('bench');
    const deliverFact = async (): Promise<number> => {
      const { value: fact } = own.next();
      const arrival = facts.of(fact.id);
      const from = performance.now();
      await store.append(fact.stream, fact.revision - 1, [fact]);
      return (await arrival) - from;
    };
    const bare = benchFacts('bare');
    const deliverCopy = async (): Promise<number> => {
      const { value: fact } = bare.next();
      const arrival = copies.of(fact.id);
      const from = performance.now();
      await plain.writers[0]?.();
      await bus.jetstream.publish('telemetry.bench', JSON.stringify(fact), { msgID: fact.id });
      return (await arrival) - from;
    };

    const delivered: number[] = [];
    const limits: number[] = [];
    for (let sent = 0; sent < FORGOTTEN + FACTS_SENT && !interrupted.happened(); sent++) {
      const samples = [await deliverFact(), (await sleep(PAUSE_MS), await deliverCopy())] as const;
      await sleep(PAUSE_MS);
      if (sent < FORGOTTEN) continue;
      delivered.push(samples[0]);
      limits.push(samples[1]);
    }
    return {
      settings: { facts: String(delivered.length), nats: bus.server.version },
      figures: [figure('median', 1 / 2, 5, delivered, limits), figure('p99', 99 / 100, 25, delivered, limits)],
    };
  } finally {
    for (const close of closers.reverse()) await close();
  }
};

function figure(
  name: string,
  share: number,
  atMost: number,
  delivered: readonly number[],
  limits: readonly number[],
): Figure {
  const value = quantile(delivered, share);
  const limit = quantile(limits, share);
  return {
    what: `append to delivered, ${name}`,
    unit: 'ms',
    value,
    limit: { what: 'plain insert, then publish', value: limit },
    ratio: limit / value,
    aim: { of: 'value', atMost },
  };
}

const ignore = (): void => undefined;
const SILENT = { debug: ignore, info: ignore, warn: ignore, error: ignore };
