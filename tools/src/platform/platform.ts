/** The whole platform on this machine, on loopback and free ports: servers first, then the services; stopped in reverse. */

import { freePort } from '@tokenos/runtime/local/free-port';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chainReady, startChain, type Chain } from './chain.js';
import { openIssuer, type LocalIssuer } from '../token/issuer.js';
import { bundledServices } from './bundles.js';
import { newCanaryKeys } from './canary-keys.js';
import { newBusPasswords } from './nats-users.js';
import { startProgram, type Program } from './program.js';
import { natsOf, postgresOf } from './servers.js';
import { clockEnvironment, environmentOf, SERVICES, type ServiceName, type Surroundings } from './services.js';
import { supervise, type Life, type Supervised } from './supervised.js';

export interface PlatformOptions {
  readonly dataDir: string;
  /** Where facts are kept, if not in the platform's own Postgres: `esdb://...`, or another `postgresql://...`. */
  readonly eventStoreUrl?: string;
  /** 1 = real time. */
  readonly clockFactor?: number;
  /** Off: the local chain sends no webhooks, so only the scan finds payments. */
  readonly webhooks?: boolean;
  /** More environment for one service. */
  readonly environment?: Partial<Readonly<Record<ServiceName, Readonly<Record<string, string>>>>>;
  /** A program of ours in a service's place, for instance one that breaks rules. */
  readonly inPlaceOf?: Partial<Readonly<Record<ServiceName, string>>>;
  readonly gatewayPort?: number;
  /** Told when a part ended though nobody ended it in good order; it is started again. */
  readonly onDeath?: (part: string, logFile: string) => void;
  /** Told as each part comes up. */
  readonly onReady?: (part: string, ms: number) => void;
}

export interface Platform {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  /** Where the facts are. */
  readonly eventStoreUrl: string;
  readonly natsUrl: string;
  readonly chain: Chain;
  readonly issuer: LocalIssuer;
  readonly clock: Surroundings['clock'];
  readonly logDir: string;
  /** Process ids of everything it runs, for whoever measures memory. */
  pids(): Readonly<Record<string, number>>;
  /** A server, a service or a program of `run`, by its name: to kill it, or to end it. */
  part(name: string): Supervised;
  /** Another program of ours that lives no longer than the platform, for instance an agent; started again when it dies. */
  run(name: string, program: OwnProgram): Promise<void>;
  stop(): Promise<void>;
}

export interface OwnProgram {
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

type Closer = () => Promise<void>;

export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const closers: Closer[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close().catch(() => undefined);
  };
  try {
    return await open(options, closers, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function open(options: PlatformOptions, closers: Closer[], stop: Closer): Promise<Platform> {
  const { dataDir, environment = {}, inPlaceOf = {}, onReady = () => undefined, onDeath = () => undefined } = options;
  const logDir = join(dataDir, 'logs');
  await mkdir(logDir, { recursive: true, mode: 0o711 });
  const issuer = await openIssuer(dataDir);
  const busPasswords = newBusPasswords();
  const heliusAuthorization = randomBytes(24).toString('hex');
  const gatewayPort = options.gatewayPort ?? (await freePort());
  const clock = { factor: options.clockFactor ?? 1, originMs: Date.now() };

  const timed = async <T>(part: string, starting: Promise<T>): Promise<T> => {
    const from = performance.now();
    const started = await starting;
    onReady(part, performance.now() - from);
    return started;
  };
  const webhookUrl = options.webhooks === false ? null : `http://127.0.0.1:${gatewayPort}/v1/webhooks/helius`;
  const keep = <T extends { stop(): Promise<void> }>(server: T): T => (closers.push(() => server.stop()), server);
  const parts = new Map<string, Supervised>();
  /** What a supervisor does in production: what dies is started again. */
  const supervised = async <Kind extends Life>(part: string, start: () => Promise<Kind>): Promise<Supervised<Kind>> => {
    const one = await supervise({ start, onDeath: () => onDeath(part, join(logDir, `${part}.log`)) });
    parts.set(part, one);
    return one;
  };
  const [scriptOf, postgres, nats, chainProgram] = await settleAll([
    bundledServices(process.cwd()),
    timed('postgres', supervised('postgres', postgresOf(dataDir)).then(keep)),
    timed('nats', supervised('nats', natsOf(dataDir, busPasswords)).then(keep)),
    timed('solana', startChain({ dataDir, logDir, authorization: heliusAuthorization, webhookUrl }).then(keep)),
  ]);
  const chain = chainReady.parse(chainProgram.ready);
  const around: Surroundings = {
    databaseUrl: postgres.now().url,
    eventStoreUrl: options.eventStoreUrl,
    natsUrl: nats.now().url,
    busPasswords,
    rpcUrl: chain.rpcUrl,
    mint: chain.mint,
    treasuryWallet: chain.treasury.wallet,
    treasuryKeyFile: chain.treasury.keyFile,
    jwksFile: issuer.jwksFile,
    heliusAuthorization,
    gatewayPort,
    canary: newCanaryKeys(),
    clock,
  };

  const program = (name: string, { script, args, env }: OwnProgram): Promise<Supervised<Program>> =>
    supervised(name, () =>
      startProgram({ name, script, ...(args && { args }), ...(env && { env }), logFile: join(logDir, `${name}.log`) }),
    );
  const startService = async (name: ServiceName): Promise<void> => {
    const env = { ...environmentOf(name, around), ...environment[name] };
    services.push(await program(name, { script: inPlaceOf[name] ?? scriptOf(name), env }));
  };
  const services: Supervised[] = [];
  const others: Supervised[] = [];
  closers.push(async () => {
    await Promise.all(others.map((one) => one.stop()));
    await Promise.all(services.map((one) => one.stop()));
  });
  await settleAll(SERVICES.map((name) => timed(name, startService(name))));

  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    databaseUrl: around.databaseUrl,
    eventStoreUrl: around.eventStoreUrl ?? around.databaseUrl,
    natsUrl: around.natsUrl,
    chain,
    issuer,
    clock,
    logDir,
    pids: () => ({
      chain: chainProgram.pid,
      ...Object.fromEntries([...parts].map(([name, part]) => [name, part.now().pid])),
    }),
    part: (name) => {
      const part = parts.get(name);
      if (part === undefined) throw new Error(`the platform runs nothing called ${name}`);
      return part;
    },
    async run(name, own) {
      others.push(await program(name, { ...own, env: { ...clockEnvironment(clock), ...own.env } }));
    },
    stop,
  };
}

/** Waits for all, so that nothing is half-started when one fails, then throws the first failure. */
async function settleAll<T extends readonly Promise<unknown>[]>(
  starting: readonly [...T],
): Promise<{ [Index in keyof T]: Awaited<T[Index]> }> {
  await Promise.allSettled(starting);
  return Promise.all(starting);
}
