/** Surfpool, a Solana validator inside this process: the real token program over JSON-RPC, and nothing on disk. */

import { createRequire } from 'node:module';

/** What we use of the native addon's class; the package ships no types. */
export interface Surfnet {
  readonly rpcUrl: string;
  readonly wsUrl: string;
  /** Events since the last call. They pile up in memory until they are fetched. */
  drainEvents(): SurfnetEvent[];
  setAccount(address: string, lamports: number, data: number[], owner: string): void;
  /** Blocks for some milliseconds, until the ports are free. */
  stop(): void;
}

export interface SurfnetEvent {
  readonly kind: string;
  /** On `systemClockUpdated`, once per slot. */
  readonly clock?: { readonly slot: number; readonly unixTimestamp: number };
  /** On `transactionProcessed`, which says nothing yet about confirmation. */
  readonly transactionSignature?: string;
  readonly errorMessage?: string;
}

interface SurfnetAddon {
  readonly Surfnet: {
    startWithConfig(config: {
      offline: boolean;
      blockProductionMode: 'clock' | 'transaction' | 'manual';
      slotTimeMs: number;
      airdropSol: number;
      payerSecretKey: number[];
    }): Surfnet;
  };
}

/**
 * `clock` at 60 ms, measured on two cores: confirmed 30 to 55 ms after the send, finalized after 1.85 s (31 slots), a
 * blockhash lives 9.1 s (150 blocks), 1 % of a core when idle, and block time moves on without transactions, so that an
 * expiry can be proven. `transaction` mode confirms as fast, but its block time stands still (1 ms per block); `clock` at
 * 400 ms is mainnet's pace of old and makes every test wait 12 s for finality.
 */
export const SLOT_MS = 60;

// Surfpool has about 500,000 SOL to give; asked for more, it fails to start.
const FAUCET_LAMPORTS = 100_000 * 1_000_000_000;

/** Throws where the platform has no prebuilt Surfpool: point `SOLANA_RPC_URL` at another validator there. */
export function startSurfnet(faucetSecretKey: Uint8Array): Surfnet {
  // Resolved from the running program, because `require` does not exist here and `import` cannot load an addon.
  const load = createRequire(process.argv[1] ?? `${process.cwd()}/`);
  const addon = load(`@solana/surfpool-${process.platform}-${process.arch}-gnu`) as SurfnetAddon;
  return addon.Surfnet.startWithConfig({
    offline: true,
    blockProductionMode: 'clock',
    slotTimeMs: SLOT_MS,
    airdropSol: FAUCET_LAMPORTS,
    payerSecretKey: [...faucetSecretKey],
  });
}
