import { withBus } from '@tokenos/testing/bus/bus';
import { eventually } from '@tokenos/testing/bus/eventually';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { Bus } from '@tokenos/runtime/bus/bus';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import { openPostgresEventStore } from '@tokenos/runtime/event-store/postgres';
import { openService, type RunningService } from '@tokenos/runtime/service/open-service';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { outboxConfig } from './config.js';
import { OutboxModule } from './outbox.module.js';

const built = join(__dirname, '../dist/main.js');

describe('the outbox', () => {
  const postgres = withPostgres();
  const nats = withNats();
  const bus = withBus(nats, (options) => Bus.connect(options));
  let env: Record<string, string>;
  let store: EventStore;
  let running: RunningService[] = [];
  let children: ChildProcess[] = [];

  const open = async (): Promise<RunningService> => {
    const service = await openService(
      { name: 'outbox', config: outboxConfig, module: OutboxModule, duties: false },
      env,
    );
    running.push(service);
    return service;
  };

  /** A process of its own, once it has said that it is ready. */
  async function start(more: Record<string, string> = {}): Promise<ChildProcess> {
    if (!existsSync(built)) throw new Error(`${built} is missing: npm run build`);
    const child = spawn(process.execPath, [built], { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      const line = said.split('\n').find((one) => one.includes('"ready":true'));
      if (line === undefined) continue;
      expect(JSON.parse(line)).toEqual({ ready: true, service: 'outbox', url: expect.any(String), pid: child.pid });
      break;
    }
    return child;
  }

  async function append(stream: string, count: number): Promise<void> {
    const before = (await store.read(stream)).length;
    for (let n = 0; n < count; n++) {
      await store.append(stream, before + n - 1, envelopes(stream, before + n - 1, before + n));
    }
  }
  const inStore = async (): Promise<string[]> => (await store.readAll(null, 10_000)).map(({ envelope }) => envelope.id);
  const onBus = async (): Promise<Envelope[]> => {
    const { first_seq, last_seq, messages } = (await bus().admin.streams.info('FACTS')).state;
    if (messages === 0) return [];
    const found: Promise<Envelope>[] = [];
    for (let seq = first_seq; seq <= last_seq; seq++) {
      found.push(
        bus()
          .admin.streams.getMessage('FACTS', { seq })
          .then((message) => message!.json<Envelope>()),
      );
    }
    return Promise.all(found);
  };
  const ids = async (): Promise<string[]> => (await onBus()).map(({ id }) => id);
  const everythingArrives = () => eventually(async () => expect(await ids()).toEqual(await inStore()), 15_000);

  beforeEach(async () => {
    env = { DATABASE_URL: await postgres.freshDatabase(), NATS_URL: nats.url(), LOG_LEVEL: 'silent' };
    await bus().admin.streams.purge('FACTS');
    store = await openPostgresEventStore(env['DATABASE_URL']!);
  });
  afterEach(async () => {
    await Promise.all(running.map((service) => service.stop()));
    running = [];
    for (const child of children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    children = [];
    await store.close();
  });

  it('publishes what was there before it and what comes after, each fact on its subject, whole', async () => {
    await append('rental-1', 2);
    await open();
    await append('node-7', 1);
    await everythingArrives();
    expect(await onBus()).toEqual((await store.readAll(null, 10)).map(({ envelope }) => envelope));
    const { subjects } = (await bus().admin.streams.info('FACTS', { subjects_filter: '>' })).state;
    expect(subjects).toEqual({ 'fact.rental.1.SomethingHappened': 2, 'fact.node.7.SomethingHappened': 1 });
  });

  it('publishes at once, once and in the store’s order what many writers append at the same time', async () => {
    await open();
    await Promise.all(Array.from({ length: 8 }, (_, n) => append(`rental-${n}`, 40)));
    const appended = performance.now();
    await everythingArrives();
    expect(performance.now() - appended).toBeLessThan(2_000);
  });

  it('goes on from its checkpoint, behind what was acknowledged', async () => {
    await append('rental-1', 5);
    const first = await open();
    await everythingArrives();
    await first.stop();
    await bus().admin.streams.purge('FACTS');
    await append('rental-1', 2);
    await open();
    await eventually(async () => expect(await ids()).toEqual((await inStore()).slice(5)));
  });

  it('leaves publishing to one at a time, and the next takes over when that one is gone', async () => {
    const first = await open();
    const second = await open();
    await append('rental-1', 3);
    await everythingArrives();
    expect(first.resources.signals.snapshot()).toMatchObject({ facts_published: 3 });
    expect(second.resources.signals.snapshot()).toEqual({});
    await first.stop();
    await append('rental-1', 3);
    await everythingArrives();
    expect(second.resources.signals.snapshot()).toMatchObject({ facts_published: 3 });
  });

  it('waits while NATS is away and then publishes everything, once and in order', async () => {
    await open();
    await append('rental-1', 20);
    const restarting = nats.restart();
    await append('rental-2', 50);
    await restarting;
    await append('rental-3', 20);
    await eventually(() => expect(bus().connected).toBe(true), 10_000);
    await everythingArrives();
  }, 40_000);

  it('killed again and again at any moment loses nothing and keeps the order', async () => {
    let appending = true;
    const writers = Promise.all(
      [1, 2, 3].map(async (n) => {
        while (appending) {
          await append(`rental-${n}`, 5);
          await sleep(20);
        }
      }),
    );
    for (const afterMs of [60, 140, 10]) {
      const child = await start({ OUTBOX_BATCH: '16' });
      await sleep(afterMs);
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    appending = false;
    await writers;
    const published = (await ids()).length;
    await append('rental-9', 10);
    await start();
    await everythingArrives();
    expect(published).toBeGreaterThan(0);
  }, 60_000);

  it('ends by itself on a signal, and at once with every fault of a bad configuration', async () => {
    const child = await start();
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);

    const bad = { NATS_URL: 'http://nowhere', OUTBOX_BATCH: '0', OUTBOX_BACTH: '5' };
    const refused = spawn(process.execPath, [built], { env: bad, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    refused.stderr.on('data', (chunk) => (said += String(chunk)));
    expect(await once(refused, 'close')).toEqual([1, null]);
    for (const name of ['DATABASE_URL', 'NATS_URL', 'OUTBOX_BATCH', 'OUTBOX_BACTH']) expect(said).toContain(name);
    expect(said).not.toContain('nowhere');
  }, 30_000);
});
