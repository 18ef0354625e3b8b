/** The local chain as the platform starts it, and what it says of itself. */

import { join } from 'node:path';
import { z } from 'zod';
import { startProgram, type Program, type ProgramOptions } from './program.js';
import { NotReady } from './when-ready.js';

/** What the local chain says of itself when it is ready. */
export const chainReady = z.object({
  rpcUrl: z.url(),
  mint: z.string(),
  otherMint: z.string(),
  genesisHash: z.string(),
  treasury: z.object({ wallet: z.string(), tokenAccount: z.string(), keyFile: z.string() }),
  restoredAccounts: z.int(),
});
export type Chain = z.infer<typeof chainReady>;

export interface ChainOptions {
  readonly dataDir: string;
  readonly logDir: string;
  /** What the webhooks carry as Authorization. */
  readonly authorization: string;
  /** Null: the chain announces nothing. */
  readonly webhookUrl: string | null;
}

/** It is ready within two or three seconds. */
const READY_WITHIN_MS = 20_000;

/** Surfpool's start has been seen to hang. It has promised nothing yet, so it begins again, and is then given all the time there is. */
export async function startChain(options: ChainOptions, start = startProgram): Promise<Program> {
  const chain = programOf(options);
  try {
    return await start({ ...chain, silentMs: READY_WITHIN_MS });
  } catch (error) {
    if (!(error instanceof NotReady)) throw error;
    return start(chain);
  }
}

const programOf = ({ dataDir, logDir, authorization, webhookUrl }: ChainOptions): ProgramOptions => ({
  name: 'chain',
  script: 'tools/dist/chain/main.js',
  args: ['--data-dir', join(dataDir, 'chain'), ...(webhookUrl === null ? [] : ['--webhook-url', webhookUrl])],
  env: { HELIUS_WEBHOOK_AUTHORIZATION: authorization },
  logFile: join(logDir, 'chain.log'),
});
