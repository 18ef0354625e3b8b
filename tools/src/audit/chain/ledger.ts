/** The chain as an RPC node knows it: asked politely, and never believed to be the right one before it has said its genesis hash. */

import {
  Connection,
  PublicKey,
  type ConfirmedSignatureInfo,
  type Finality,
  type ParsedTransactionWithMeta,
} from '@solana/web3.js';
import { Unreachable } from '../exit.js';
import { causeOf, fetchPatiently, PATIENCE, type Patience } from '../patience.js';

const TOKEN_PROGRAM = new PublicKey('TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA');
const ASSOCIATED_TOKEN_PROGRAM = new PublicKey('ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL');

/** The most that an RPC node lists at once. */
const PAGE = 1_000;

export interface Ledger {
  genesisHash(): Promise<string>;
  /** The oldest slot of which this node still has the block. */
  firstSlot(): Promise<number>;
  /** Null: not on the chain at this commitment, as far as this node knows. */
  transaction(signature: string, commitment?: Finality): Promise<ParsedTransactionWithMeta | null>;
  /** Seconds since 1970; null where the node cannot tell. */
  blockTime(slot: number): Promise<number | null>;
  /** Every finalized transaction that touched the account, newest first. */
  history(account: string): AsyncGenerator<ConfirmedSignatureInfo>;
  /** Finalized, with the slot as of which it is so; base units. */
  tokenBalance(account: string): Promise<{ readonly amount: bigint; readonly slot: number }>;
}

/** Derived, not looked up: nobody's word says where a wallet keeps its USDC. */
export const tokenAccountOf = (wallet: string, mint: string): string =>
  PublicKey.findProgramAddressSync(
    [new PublicKey(wallet).toBuffer(), TOKEN_PROGRAM.toBuffer(), new PublicKey(mint).toBuffer()],
    ASSOCIATED_TOKEN_PROGRAM,
  )[0].toBase58();

/** Every question throws Unreachable where it got no answer. The URL may carry a key and stays out of every message. */
export function openLedger(rpcUrl: string, patience: Patience = PATIENCE): Ledger {
  const connection = new Connection(rpcUrl, {
    commitment: 'finalized',
    disableRetryOnRateLimit: true,
    httpAgent: false,
    fetch: (_, init) => fetchPatiently('the RPC node', rpcUrl, init as RequestInit, patience),
  });
  return {
    genesisHash: () => asked('getGenesisHash', connection.getGenesisHash()),
    firstSlot: () => asked('getFirstAvailableBlock', connection.getFirstAvailableBlock()),
    // Version 1 transactions exist since September 2026: a reader that does not name them is refused an answer.
    transaction: (signature, commitment = 'finalized') =>
      asked(
        'getTransaction',
        connection.getParsedTransaction(signature, { commitment, maxSupportedTransactionVersion: 1 }),
      ),
    blockTime: (slot) => asked('getBlockTime', connection.getBlockTime(slot)),
    async *history(account) {
      const address = new PublicKey(account);
      for (let before: string | undefined; ;) {
        const options = { limit: PAGE, ...(before === undefined ? {} : { before }) };
        const page = await asked(
          'getSignaturesForAddress',
          connection.getSignaturesForAddress(address, options, 'finalized'),
        );
        yield* page;
        before = page.at(-1)?.signature;
        if (page.length < PAGE) return;
      }
    },
    async tokenBalance(account) {
      const question = connection.getTokenAccountBalance(new PublicKey(account), 'finalized');
      const { context, value } = await asked('getTokenAccountBalance', question);
      return { amount: BigInt(value.amount), slot: context.slot };
    },
  };
}

async function asked<T>(method: string, question: Promise<T>): Promise<T> {
  try {
    return await question;
  } catch (error) {
    if (error instanceof Unreachable) throw error;
    throw new Unreachable(`the RPC node, asked for ${method}: ${causeOf(error)}`);
  }
}
