import { Body, Controller, Get, HttpCode, Inject, Module, type OnApplicationBootstrap, Post } from '@nestjs/common';
import { eventually } from '@tokenos/testing/bus/eventually';
import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { type Counted, tally } from '@tokenos/testing/tally';
import { type Kysely, sql } from 'kysely';
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { FactPublisher } from '../bus/fact-publisher.js';
import { BadConfig } from '../config.js';
import type { Envelope } from '../event-store/envelope.js';
import type { Handler, Seal } from '../handle.js';
import type { DutyHandlers } from '../views/duty.js';
import { askForRebuild, readRebuild } from '../views/rebuild/request.js';
import type { View } from '../views/view.js';
import { openService, type RunningService } from './open-service.js';
import type { ServiceOptions } from './options.js';
import { CONFIG, DATABASE, DUTY_HANDLERS, HANDLE } from './tokens.js';

type CountTables = { counted: { message: string } };

const view: View<CountTables> = {
  migrations: {
    '001-counted': {
      up: async (db) => {
        await sql`create table counted (message text)`.execute(db);
      },
    },
  },
  tables: ['counted'],
  apply: async (tx, envelope) => {
    await tx
      .insertInto('counted')
      .values({ message: tally.decode(envelope).message })
      .execute();
  },
};

const seal: Seal = (previous, unsealed) => ({
  ...unsealed,
  revision: (previous?.revision ?? -1) + 1,
  prevHash: previous?.hash ?? '0'.repeat(64),
  hash: createHash('sha256').update(unsealed.id).digest('hex'),
});

@Controller()
class Door {
  constructor(
    @Inject(HANDLE) private readonly act: Handler,
    @Inject(DATABASE) private readonly db: Kysely<CountTables>,
    @Inject(CONFIG) private readonly config: { readonly COUNTER_ID: string },
  ) {}

  @Post('count')
  @HttpCode(200)
  async count(@Body() { message, slowMs = 0 }: { message: string; slowMs?: number }) {
    await sleep(slowMs);
    const handled = await this.act.handle(tally, this.config.COUNTER_ID, (at) => ({ type: 'Count', message, at }));
    return { kind: handled.kind };
  }

  @Get('counted')
  async counted(): Promise<string[]> {
    return (await this.db.selectFrom('counted').selectAll().execute()).map(({ message }) => message);
  }
}

@Module({
  controllers: [Door],
  providers: [
    {
      provide: DUTY_HANDLERS,
      inject: [HANDLE],
      useFactory: (act: Handler): DutyHandlers => ({
        async echo({ key, payload }) {
          const message = `echo of ${payload as string}`;
          await act.handle(tally, key, (at) => ({ type: 'Count', message, at }));
          return 'done';
        },
      }),
    },
  ],
})
class CounterModule implements OnApplicationBootstrap {
  static started = 0;

  onApplicationBootstrap(): void {
    CounterModule.started += 1;
  }
}

const counterConfig = z.object({ COUNTER_ID: z.string().default('1') });

const counter: ServiceOptions<typeof counterConfig, CountTables> = {
  name: 'counter',
  config: counterConfig,
  module: CounterModule,
  seal,
  follows: {
    categories: ['tally'],
    view,
    reactions: (envelope) => {
      const { message }: Counted = tally.decode(envelope);
      if (!message.startsWith('call')) return [];
      const key = envelope.stream.slice('tally-'.length);
      return [{ do: 'schedule', kind: 'echo', key, dueAt: Date.parse(envelope.at), payload: message }];
    },
  },
};

describe('a service', () => {
  const postgres = withPostgres();
  const nats = withNats();
  let env: Record<string, string>;
  let service: RunningService;
  let running: RunningService[] = [];

  const open = async (more: Record<string, string> = {}): Promise<RunningService> => {
    const opened = await openService(counter, { ...env, ...more });
    running.push(opened);
    return opened;
  };
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    fetch(`${service.url}/count`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const counted = async (): Promise<unknown> => (await fetch(`${service.url}/counted`)).json();
  const facts = () => service.resources.store.read('tally-1');
  /** What another service would have appended and the outbox published. */
  const fromElsewhere = async (message: string, correlationId: string): Promise<Envelope> => {
    const envelope = await appended(message, correlationId);
    await published(envelope);
    return envelope;
  };
  const published = (envelope: Envelope) =>
    new FactPublisher(service.resources.bus).publish([{ subject: 'fact.tally.1.Counted', envelope }]);
  const appended = async (message: string, correlationId: string): Promise<Envelope> => {
    const { store, ids } = service.resources;
    const at = new Date().toISOString();
    const data = { message, at: Date.parse(at) };
    const origin = { by: 'elsewhere', correlationId, causationId: correlationId };
    const head = (await store.read('tally-1')).at(-1) ?? null;
    const envelope = seal(head, { id: ids.next(), stream: 'tally-1', type: 'Counted.v1', at, data, ...origin });
    await store.append('tally-1', envelope.revision - 1, [envelope]);
    return envelope;
  };

  beforeEach(async () => {
    env = { DATABASE_URL: await postgres.freshDatabase(), NATS_URL: nats.url(), LOG_LEVEL: 'silent' };
    service = await open();
  });
  afterEach(async () => {
    await Promise.all(running.map((opened) => opened.stop()));
    running = [];
  });

  it('starts each part of it once, though it is an HTTP server and a microservice in one', async () => {
    const before = CounterModule.started;
    await open();
    expect(CounterModule.started).toBe(before + 1);
  });

  it('gives up a message that cannot be decoded at once, instead of trying it again', async () => {
    service.resources.bus.connection.publish('fact.tally.1.Counted', '{"not":"an envelope"}');
    await eventually(() => expect(service.resources.signals.snapshot()).toMatchObject({ message_undecodable: 1 }));
  });

  it('reads its own write as soon as it is answered', async () => {
    expect(await (await post({ message: 'a' })).json()).toEqual({ kind: 'accepted' });
    expect(await counted()).toEqual(['a']);
  });

  it('names the request in the fact that it led to, and in the answer', async () => {
    const answer = await post({ message: 'a' }, { 'x-request-id': 'request-4711' });
    expect(answer.headers.get('x-request-id')).toBe('request-4711');
    expect((await facts())[0]).toMatchObject({
      by: 'counter',
      correlationId: 'request-4711',
      causationId: 'request-4711',
    });
  });

  it('answers a path that cannot be decoded with a problem, as it answers everything', async () => {
    const answer = await fetch(`${service.url}/%zz`);
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ status: 400, code: 'malformed_request' });
  });

  it('takes no request id that does not look like one', async () => {
    const answer = await post({ message: 'a' }, { 'x-request-id': 'no such thing {"x":1}' });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('hears a fact, does the duty that follows, and hands on what led to it', async () => {
    const heard = await fromElsewhere('call', 'request-9');
    await eventually(async () => expect(await counted()).toEqual(['call', 'echo of call']));
    expect((await facts())[1]).toMatchObject({ by: 'counter', correlationId: 'request-9', causationId: heard.id });
  });

  it('has within 30 s from the store what the bus lost, and says how much that was', async () => {
    const facts: Envelope[] = [];
    for (let n = 0; n < 9; n++) facts.push(await appended(`word ${n}`, 'request-9'));
    // Each twice, the later one first; the last three never.
    for (const fact of facts.slice(0, 6).reverse()) for (let times = 1; times <= 2; times++) await published(fact);
    const whole = facts.map((_fact, n) => `word ${n}`);
    await eventually(async () => expect(await counted()).toEqual(whole), 30_000);
    expect(service.resources.signals.snapshot()['facts_rescued']).toBeGreaterThanOrEqual(3);
  }, 40_000);

  it('is ready with everything it missed while it was down', async () => {
    await post({ message: 'a' });
    await service.stop();
    const other = await openService({ ...counter, name: 'other' }, env);
    await other.app.get<Handler>(HANDLE).handle(tally, '1', (at) => ({ type: 'Count', message: 'b', at }));
    await other.stop();
    service = await open();
    expect(await counted()).toEqual(['a', 'b']);
  });

  it('rebuilds its view when asked to, while it runs', async () => {
    await post({ message: 'a' });
    const { db } = service.resources;
    await db.withTables<CountTables>().insertInto('counted').values({ message: 'bug' }).execute();
    expect(await askForRebuild(db, { duties: false })).toBe(true);
    await eventually(async () => expect(await counted()).toEqual(['a']), 10_000);
    expect(await readRebuild(db)).toMatchObject({ state: 'done', folded: 1n, attempts: 1, error: null });
    await post({ message: 'b' });
    expect(await counted()).toEqual(['a', 'b']);
  });

  it('says whether it is alive and ready, with its counters', async () => {
    await post({ message: 'a' });
    const alive = (await (await fetch(`${service.url}/healthz`)).json()) as { checks: unknown; signals: unknown };
    expect(alive.checks).toEqual({ started: 'ok', database: 'ok', store: 'ok', bus: 'ok', lag: 'ok' });
    expect(alive.signals).toMatchObject({ facts_via_own: 1 });
    expect((await fetch(`${service.url}/readyz`)).status).toBe(200);
  });

  it('is alive but not ready without the bus, and ready again with it', async () => {
    const restarting = nats.restart();
    await eventually(async () => expect((await fetch(`${service.url}/readyz`)).status).toBe(503), 5_000);
    expect((await fetch(`${service.url}/healthz`)).status).toBe(200);
    await restarting;
    await eventually(async () => expect((await fetch(`${service.url}/readyz`)).status).toBe(200), 10_000);
  }, 30_000);

  it('finishes the request in flight before it goes down', async () => {
    const answer = post({ message: 'slow', slowMs: 300 });
    await sleep(100);
    await service.stop();
    expect((await answer).status).toBe(200);
    await expect(fetch(`${service.url}/healthz`)).rejects.toThrow();
  });

  it('refuses a bad configuration whole, before it opens anything', async () => {
    const bad = { DATABASE_URL: 'mysql://x', HTTP_PORT: '99999', COUNTER_IDD: '1' };
    const fault: unknown = await openService(counter, bad).catch((error: unknown) => error);
    expect(fault).toBeInstanceOf(BadConfig);
    const { faults } = fault as BadConfig;
    for (const name of ['DATABASE_URL', 'NATS_URL', 'HTTP_PORT', 'COUNTER_IDD']) {
      expect(faults).toContainEqual(expect.stringContaining(name));
    }
  });

  it('leaves nothing open when a part cannot be had', async () => {
    const listener = env['DATABASE_URL']!;
    await expect(openService(counter, { ...env, HTTP_PORT: new URL(service.url).port })).rejects.toThrow(/EADDRINUSE/);
    const { rows } = await sql<{ n: number }>`
      select count(*)::int as n from pg_stat_activity where datname = ${new URL(listener).pathname.slice(1)}
        and application_name = 'counter'`.execute(service.resources.db);
    const before = rows[0]!.n;
    await expect(openService(counter, { ...env, HTTP_PORT: new URL(service.url).port })).rejects.toThrow(/EADDRINUSE/);
    await eventually(async () => {
      const again = await sql<{ n: number }>`
        select count(*)::int as n from pg_stat_activity where datname = ${new URL(listener).pathname.slice(1)}
          and application_name = 'counter'`.execute(service.resources.db);
      expect(again.rows[0]!.n).toBeLessThanOrEqual(before);
    });
  });
});
