/** One Postgres, one NATS, one Solana chain and one settlement on them, for the length of a spec file. */

import { withNats } from '@tokenos/testing/servers/nats';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { startLocalChain, type LocalChain, type LocalChainOptions } from '@tokenos/tools/chain/local-chain';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Market } from './market.js';
import { Rig, type RigOptions } from './rig.js';

export interface Stage {
  readonly rig: Rig;
  readonly market: Market;
  readonly local: LocalChain;
}

export interface StageOptions extends Pick<RigOptions, 'clockScale' | 'env'> {
  /** What stands between settlement and the chain: gives the URL to ask. */
  readonly before?: (chainUrl: string) => Promise<string>;
  readonly webhook?: () => Promise<LocalChainOptions['webhook']>;
}

/** Call it at the top of a spec; what it gives can be asked for only while tests run. */
export function withStage({ clockScale, env, before, webhook }: StageOptions): () => Stage {
  let stage: Stage | undefined;
  let dataDir: string | undefined;
  // Registered before the servers', so that settlement stops while they still run.
  afterAll(async () => {
    await stage?.rig.stop();
    await stage?.local.stop();
    if (dataDir !== undefined) await rm(dataDir, { recursive: true });
  }, 30_000);
  const postgres = withPostgres();
  const nats = withNats();
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'settlement-'));
    const hook = await webhook?.();
    const local = await startLocalChain({ dataDir, ...(hook && { webhook: hook }) });
    const servers = { databaseUrl: await postgres.freshDatabase(), natsUrl: nats.url() };
    const rpcUrl = (await before?.(local.rpcUrl)) ?? local.rpcUrl;
    const rig = await Rig.open({ ...servers, local, rpcUrl, clockScale, ...(env && { env }) });
    stage = { rig, market: new Market(rig, local), local };
  }, 60_000);
  return () => {
    if (stage === undefined) throw new Error('settlement runs only while tests do');
    return stage;
  };
}
