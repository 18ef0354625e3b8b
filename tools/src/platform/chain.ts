/** The local chain as the platform starts it, and what it says of itself. */

import { join } from 'node:path';
import { z } from 'zod';
import { startProgram, type Program } from './program.js';

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

export const startChain = ({ dataDir, logDir, authorization, webhookUrl }: ChainOptions): Promise<Program> =>
  startProgram({
    name: 'chain',
    script: 'tools/dist/chain/main.js',
    args: ['--data-dir', join(dataDir, 'chain'), ...(webhookUrl === null ? [] : ['--webhook-url', webhookUrl])],
    env: { HELIUS_WEBHOOK_AUTHORIZATION: authorization },
    logFile: join(logDir, 'chain.log'),
  });
