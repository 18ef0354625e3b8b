/** The whole platform on this machine, on loopback and free ports: servers first, then the services; stopped in reverse. */

import { DESIRED_BUCKET } from '@tokenos/contracts/subjects';
import { provisionBus } from '@tokenos/runtime/bus/provision';
import { freePort } from '@tokenos/runtime/local/free-port';
import { startNats } from '@tokenos/runtime/local/nats';
import { startPostgres } from '@tokenos/runtime/local/postgres';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { chainReady, startChain, type Chain } from './chain.js';
import { openIssuer, type LocalIssuer } from '../token/issuer.js';
import { natsAuthorization, newBusPasswords, PROVISIONER } from './nats-users.js';
import { startProgram, type Program } from './program.js';
import { clockEnvironment, environmentOf, SERVICES, type ServiceName, type Surroundings } from './services.js';

export interface PlatformOptions {
  readonly dataDir: string;
  /** 1 = real time. */
  readonly clockFactor?: number;
  /** Off: the local chain sends no webhooks, so only the scan finds payments. */
  readonly webhooks?: boolean;
  /** More environment for one service. */
  readonly environment?: Partial<Readonly<Record<ServiceName, Readonly<Record<string, string>>>>>;
  readonly gatewayPort?: number;
  /** Told when a service ended by itself; it is started again. */
  readonly onDeath?: (name: ServiceName, logFile: string) => void;
  /** Told as each part comes up. */
  readonly onReady?: (part: string, ms: number) => void;
}

export interface Platform {
  readonly gatewayUrl: string;
  readonly databaseUrl: string;
  readonly natsUrl: string;
  readonly chain: Chain;
  readonly issuer: LocalIssuer;
  readonly clock: Surroundings['clock'];
  readonly logDir: string;
  /** Process ids of everything it runs, for whoever measures memory. */
  pids(): Readonly<Record<string, number>>;
  stopService(name: ServiceName): Promise<void>;
  /** Another program of ours that lives no longer than the platform, for instance an agent. */
  run(program: {
    name: string;
    script: string;
    args: readonly string[];
    env?: Readonly<Record<string, string>>;
  }): Promise<Program>;
  stop(): Promise<void>;
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
  const { dataDir, environment = {}, onReady = () => undefined, onDeath = () => undefined } = options;
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
  const [postgres, nats, chainProgram] = await settleAll([
    timed('postgres', startPostgres({ dataDir: join(dataDir, 'postgres') }).then(keep)),
    timed('nats', startNats({ dataDir: join(dataDir, 'nats'), config: natsAuthorization(busPasswords) }).then(keep)),
    timed('solana', startChain({ dataDir, logDir, authorization: heliusAuthorization, webhookUrl }).then(keep)),
  ]);
  await provisionBus(nats.url, PROVISIONER, busPasswords[PROVISIONER], [DESIRED_BUCKET]);
  const chain = chainReady.parse(chainProgram.ready);
  const around: Surroundings = {
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    busPasswords,
    rpcUrl: chain.rpcUrl,
    mint: chain.mint,
    treasuryWallet: chain.treasury.wallet,
    treasuryKeyFile: chain.treasury.keyFile,
    jwksFile: issuer.jwksFile,
    heliusAuthorization,
    gatewayPort,
    clock,
  };

  const running = new Map<string, Program>();
  const startService = async (name: ServiceName): Promise<void> => {
    const env = { ...environmentOf(name, around), ...environment[name] };
    const logFile = join(logDir, `${name}.log`);
    const program = await startProgram({ name, script: `apps/${name}/dist/main.js`, env, logFile });
    running.set(name, program);
    void program.died.then(() => {
      onDeath(name, logFile);
      return revive(name);
    });
  };
  let closing = false;
  /** What a supervisor does in production: again, each time a little later, until told to stop. */
  const revive = async (name: ServiceName): Promise<void> => {
    for (let pauseMs = 250; !closing; pauseMs = Math.min(2 * pauseMs, 10_000)) {
      await sleep(pauseMs);
      if (
        !closing &&
        (await startService(name).then(
          () => true,
          () => false,
        ))
      )
        return;
    }
  };
  const others: Program[] = [];
  closers.push(async () => {
    closing = true;
    await Promise.all(others.map((program) => program.stop()));
    await Promise.all([...running.values()].map((program) => program.stop()));
  });
  await settleAll(SERVICES.map((name) => timed(name, startService(name))));

  return {
    gatewayUrl: `http://127.0.0.1:${gatewayPort}`,
    databaseUrl: postgres.url,
    natsUrl: nats.url,
    chain,
    issuer,
    clock,
    logDir,
    pids: () => ({
      postgres: postgres.pid,
      nats: nats.pid,
      chain: chainProgram.pid,
      ...Object.fromEntries([...running, ...others.map((one) => [one.name, one] as const)].map(([n, p]) => [n, p.pid])),
    }),
    stopService: async (name) => running.get(name)?.stop(),
    async run({ name, script, args, env = {} }) {
      const program = await startProgram({
        name,
        script,
        args,
        env: { ...clockEnvironment(clock), ...env },
        logFile: join(logDir, `${name}.log`),
      });
      others.push(program);
      return program;
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
