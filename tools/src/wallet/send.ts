/** Signs, sends and follows one transaction by polling its status: `confirmTransaction` is known to hang. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  SendTransactionError,
  Transaction,
  type Connection,
  type Keypair,
  type SignatureStatus,
  type TransactionInstruction,
} from '@solana/web3.js';
import bs58 from 'bs58';

const POLL_MS = 20;

export interface Sent {
  readonly signature: string;
  /** Wall time, epoch milliseconds, at which the send call returned. */
  readonly sentAtMs: number;
  readonly slot: number;
}

/** The first signer pays the fee. Throws when the transaction failed on chain, or can never land any more. */
export async function sendAndFollow(
  connection: Connection,
  instructions: readonly TransactionInstruction[],
  signers: readonly [Keypair, ...Keypair[]],
  now: () => number = Date.now,
): Promise<Sent> {
  const life = await connection.getLatestBlockhash('confirmed');
  const transaction = new Transaction({ feePayer: signers[0].publicKey, ...life }).add(...instructions);
  transaction.sign(...signers);
  const signature = bs58.encode(transaction.signature ?? new Uint8Array());
  await connection.sendRawTransaction(transaction.serialize()).catch((error: unknown) => {
    // The node refused it: nothing was sent. Any other failure (a time-out) means unknown: follow it all the same.
    if (error instanceof SendTransactionError) throw error;
  });
  const sentAtMs = now();
  return { signature, sentAtMs, slot: await follow(connection, signature, life.lastValidBlockHeight) };
}

/** The slot in which the transaction was confirmed. A status that cannot be read is asked for again. */
async function follow(connection: Connection, signature: string, lastValidBlockHeight: number): Promise<number> {
  for (let tooLate = false; ; await sleep(POLL_MS)) {
    const status = await connection.getSignatureStatus(signature).catch(() => undefined);
    if (landed(signature, status?.value ?? null)) return status?.value?.slot ?? 0;
    // Only a look at the status after the height had passed can say that it never landed.
    if (tooLate && status?.value === null) throw new Error(`${signature} expired unseen`);
    if (status?.value === null) {
      tooLate = (await connection.getBlockHeight('confirmed').catch(() => 0)) > lastValidBlockHeight;
    }
  }
}

function landed(signature: string, status: SignatureStatus | null): boolean {
  if (status === null || status.confirmationStatus === 'processed') return false;
  if (status.err !== null) throw new Error(`${signature} failed: ${JSON.stringify(status.err)}`);
  return true;
}
