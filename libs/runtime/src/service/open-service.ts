/** Brings a service up within this process, part by part, and takes it down again without dropping what is in flight. */

import { Module } from '@nestjs/common';
import type { INestMicroservice } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { sql } from 'kysely';
import type { z } from 'zod';
import { systemRandom } from '../bus/backoff.js';
import { JetStreamTransport } from '../bus/transport.js';
import { type Environment, parseConfig } from '../config.js';
import type { DutyQueue } from '../views/duty-queue.js';
import { DutyWorker } from '../views/duty-worker.js';
import type { DutyHandlers } from '../views/duty.js';
import type { FactFollower } from '../views/follow.js';
import { RebuildWatch } from '../views/rebuild/watch.js';
import { baseConfig } from './base-config.js';
import { type Check, serveHealth } from './health.js';
import { createHttpApp } from './http.js';
import { createLog, nestLogger } from './log.js';
import type { ServiceConfig, ServiceOptions } from './options.js';
import { PassOn } from './pass-on.js';
import { openResources, type Resources } from './resources.js';
import { RuntimeModule } from './runtime.module.js';
import { DUTIES, DUTY_HANDLERS, FOLLOWER } from './tokens.js';

export interface RunningService {
  readonly url: string;
  readonly app: NestFastifyApplication;
  readonly resources: Resources;
  /** Takes nothing more, finishes what is in flight, closes everything. */
  stop(): Promise<void>;
}

@Module({})
class Root {}

/** A view further behind the store than this is not fit to answer questions. */
const MAX_LAG_MS = 30_000;
const BODY_LIMIT_BYTES = 64 * 1024;

/** Told, on the way to being ready, how many facts its view has looked at. */
export type OnCatchUp = (read: number) => void;

/** Throws BadConfig, or whatever kept a part from opening; nothing is left open then. */
export async function openService<Schema extends z.ZodObject, Tables>(
  options: ServiceOptions<Schema, Tables>,
  env: Environment,
  onCatchUp: OnCatchUp = () => undefined,
): Promise<RunningService> {
  const config = configOf(options, env);
  const log = createLog(options.name, config.LOG_LEVEL);
  const resources = await openResources(options.name, config, options.follows?.view.migrations ?? {}, log);
  let app: NestFastifyApplication | undefined;
  try {
    app = await createApp(options, config, resources);
    return await run(options, config, resources, app, onCatchUp);
  } catch (error) {
    await app?.close().catch(() => undefined);
    await resources.close();
    throw error;
  }
}

function configOf<Schema extends z.ZodObject, Tables>(options: ServiceOptions<Schema, Tables>, env: Environment) {
  const schema = baseConfig.extend(options.config.shape);
  return parseConfig(schema, env, `${options.name.toUpperCase()}_`) as unknown as ServiceConfig<Schema>;
}

async function createApp<Schema extends z.ZodObject, Tables>(
  { name, module, seal, follows, bodyLimitBytes = BODY_LIMIT_BYTES }: ServiceOptions<Schema, Tables>,
  config: ServiceConfig<Schema>,
  resources: Resources,
): Promise<NestFastifyApplication> {
  const runtime = RuntimeModule.forService({ name, config, resources, seal, follows });
  const root = { module: Root, imports: [runtime, module] };
  return createHttpApp({ root, logger: nestLogger(resources.log), ids: resources.ids, bodyLimitBytes });
}

async function run<Schema extends z.ZodObject, Tables>(
  options: ServiceOptions<Schema, Tables>,
  config: ServiceConfig<Schema>,
  resources: Resources,
  app: NestFastifyApplication,
  onCatchUp: OnCatchUp,
): Promise<RunningService> {
  const { db, bus, store, signals, log, clock } = resources;
  const follower = options.follows === undefined ? null : app.get<FactFollower<Tables>>(FOLLOWER);
  const handlers = options.duties === false ? {} : app.get<DutyHandlers>(DUTY_HANDLERS, { strict: false });
  const queue = app.get<DutyQueue>(DUTIES);
  const concurrency = options.dutyConcurrency ?? 8;
  const duties = new DutyWorker({ db, queue, handlers, clock, signals, random: systemRandom, concurrency });
  const transport = new JetStreamTransport({ service: options.name, bus, signals, log, random: systemRandom });
  const place = { url: config.DATABASE_URL, schema: options.name };
  const rebuilds =
    options.follows && follower && new RebuildWatch({ ...options.follows, ...resources, ...place, queue, follower });
  let ready = false;
  let caughtUp = 0;
  let stopped: Promise<void> | null = null;

  serveHealth(app.getHttpAdapter().getInstance(), {
    service: options.name,
    signals,
    checks: {
      started: () => assert(ready, `not ready yet, or going down; facts looked at since the start: ${caughtUp}`),
      database: () => sql`select 1`.execute(db),
      store: () => store.readAll(null, 1),
      bus: () => assert(bus.connected, 'disconnected'),
      ...(follower === null ? {} : { lag: () => assertLag(follower) }),
      ...options.checks?.(app),
    } satisfies Record<string, Check>,
  });
  await options.configure?.(app, config);
  connect(app, transport);
  await app.listen(config.HTTP_PORT, config.HTTP_HOST);

  await follower?.catchUp((read) => onCatchUp((caughtUp = read)));
  await duties.start();
  await app.startAllMicroservices();
  follower?.start();
  rebuilds?.start();
  ready = true;

  async function stop(): Promise<void> {
    ready = false;
    await transport.close();
    await Promise.all([duties.stop(), follower?.stop(), rebuilds?.stop()]);
    await app.close();
    await resources.close();
  }

  return {
    url: (await app.getUrl()).replace('[::1]', '127.0.0.1'),
    app,
    resources,
    stop: () => (stopped ??= stop()),
  };
}

/**
 * Deferred, or its filter could not be set any more and the failure policy would see none of the errors that handlers
 * throw. A deferred microservice would call every start-up hook of the application a second time: it is told they were.
 */
function connect(app: NestFastifyApplication, strategy: JetStreamTransport): void {
  const microservice = app.connectMicroservice({ strategy }, { deferInitialization: true });
  microservice.useGlobalFilters(new PassOn());
  (microservice as HookedOnce).setIsInitHookCalled(true);
}

/** Public in Nest's class, missing in its interface. */
type HookedOnce = INestMicroservice & { setIsInitHookCalled(called: boolean): void };

function assert(holds: boolean, message: string): void {
  if (!holds) throw new Error(message);
}

function assertLag(follower: { lagMs(): number }): void {
  const lagMs = Math.round(follower.lagMs());
  assert(lagMs <= MAX_LAG_MS, `the view was last compared with the store ${lagMs} ms ago`);
}
