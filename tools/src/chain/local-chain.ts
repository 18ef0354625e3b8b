/** A local Solana chain with USDC-like money: Surfpool behind a fixed port, mints, a treasury, funded wallets, webhooks. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getAssociatedTokenAddressSync } from '@solana/spl-token';
import { PublicKey, type Connection } from '@solana/web3.js';
import { connect } from '../wallet/connection.js';
import { readOrCreateKeyFile } from '../wallet/key-file.js';
import { restoreBalances, saveBalances } from './balances.js';
import { pumpEvents } from './event-pump.js';
import { ensureMint, fillUp, type Level } from './faucet.js';
import { LOCAL_KEYS } from './local-keys.js';
import { saveOnChange } from './save-on-change.js';
import { startRpcFront } from './rpc-front.js';
import { startSurfnet, type Surfnet } from './surfnet.js';
import { timekeeper } from './timekeeper.js';
import { webhookSender, type Webhook } from './webhook-sender.js';

export interface LocalChainOptions {
  /** Holds the balances and, unless named, the treasury's key. Starting on the same one again carries on. */
  readonly dataDir: string;
  /** 0 or absent: a free one. */
  readonly rpcPort?: number;
  /** Created with mode 0600 where there is none. The chain itself uses only its public half. */
  readonly treasuryKeyFile?: string;
  readonly webhook?: Webhook;
  /** Told how far the start has come. */
  readonly say?: (what: string) => void;
  /** Wallets to fill up at the start. */
  readonly fund?: readonly { readonly address: string; readonly microUsdc: bigint }[];
}

export interface LocalChain {
  readonly rpcUrl: string;
  /** Surfpool's own, on a random port. */
  readonly wsUrl: string;
  readonly genesisHash: string;
  /** The same on every machine. */
  readonly mint: string;
  /** A second token, which is not USDC. */
  readonly otherMint: string;
  readonly treasury: { readonly wallet: string; readonly tokenAccount: string; readonly keyFile: string };
  /** Accounts carried over from the last run; their history is gone. */
  readonly restoredAccounts: number;
  fund(level: Level): Promise<void>;
  /** Saves, frees the ports, leaves nothing running. Safe to call twice. */
  stop(): Promise<void>;
}

const TREASURY_LAMPORTS = 10_000_000_000n;

export async function startLocalChain(options: LocalChainOptions): Promise<LocalChain> {
  await mkdir(options.dataDir, { recursive: true });
  const keyFile = options.treasuryKeyFile ?? join(options.dataDir, 'treasury-key.json');
  const treasury = (await readOrCreateKeyFile(keyFile)).publicKey;
  const surfnet = startSurfnet(LOCAL_KEYS.faucet.secretKey);
  try {
    return await open(options, surfnet, treasury, keyFile);
  } catch (error) {
    surfnet.stop();
    throw error;
  }
}

async function open(
  { dataDir, rpcPort = 0, webhook, say = () => undefined, fund = [] }: LocalChainOptions,
  surfnet: Surfnet,
  treasury: PublicKey,
  keyFile: string,
): Promise<LocalChain> {
  say('Surfpool runs');
  const balances = join(dataDir, 'chain-balances.json');
  const mint = LOCAL_KEYS.usdcMint.publicKey;
  const tokenAccount = getAssociatedTokenAddressSync(mint, treasury, true);
  const direct = connect(surfnet.rpcUrl);
  const restoredAccounts = await restoreBalances(surfnet, balances);
  say(`${restoredAccounts} accounts are back`);
  await Promise.all([
    ensureMint(direct, LOCAL_KEYS.usdcMint),
    ensureMint(direct, LOCAL_KEYS.otherMint),
    finalizing(direct),
  ]);
  say('there are mints, and final blocks');
  await fillUp(direct, { wallet: treasury, lamports: TREASURY_LAMPORTS, tokens: 0n });
  for (const { address, microUsdc } of fund) {
    await fillUp(direct, { wallet: new PublicKey(address), tokens: microUsdc });
  }
  const genesisHash = await direct.getGenesisHash();
  const front = await startRpcFront(surfnet.rpcUrl, rpcPort);

  const saving = saveOnChange(() => saveBalances(direct, balances));
  const hooks = webhook === undefined ? null : webhookSender(direct, [tokenAccount], webhook);
  const endPump = pumpEvents(surfnet, {
    onTransaction(signature) {
      saving.changed();
      hooks?.offer(signature);
    },
    onEvents: timekeeper(surfnet.rpcUrl),
  });

  let stopping: Promise<void> | null = null;
  const stop = async (): Promise<void> => {
    await front.close();
    endPump();
    await hooks?.stop();
    await saving.finish().finally(() => surfnet.stop());
  };
  return {
    rpcUrl: front.url,
    wsUrl: surfnet.wsUrl,
    genesisHash,
    mint: mint.toBase58(),
    otherMint: LOCAL_KEYS.otherMint.publicKey.toBase58(),
    treasury: { wallet: treasury.toBase58(), tokenAccount: tokenAccount.toBase58(), keyFile },
    restoredAccounts,
    fund: (level) => fillUp(direct, level),
    stop: () => (stopping ??= stop()),
  };
}

/** Until the first blocks are finalized, Surfpool answers questions about finality with slot and time zero. */
async function finalizing(connection: Connection): Promise<void> {
  while ((await connection.getBlockHeight('finalized')) === 0) await sleep(50);
}
