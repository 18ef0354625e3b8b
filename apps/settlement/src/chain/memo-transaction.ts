/** A transaction that says one text for all to read, signed by the treasury, and moves nothing but its fee. */

import { ComputeBudgetProgram, PublicKey, Transaction, TransactionInstruction, type Keypair } from '@solana/web3.js';
import bs58 from 'bs58';

const MEMO_PROGRAM = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

/** Compute units: the memo program takes some 350 per byte, and 200 bytes are room enough for any anchor. */
const UNITS = 120_000;

export interface Life {
  readonly blockhash: string;
  readonly lastValidBlockHeight: number;
}

export const memoInstruction = (text: string): TransactionInstruction =>
  new TransactionInstruction({ programId: MEMO_PROGRAM, keys: [], data: Buffer.from(text, 'utf8') });

/** Deterministic: the same text and blockhash give the same bytes. */
export function signMemo(
  memo: string,
  { treasury, microLamportsPerUnit }: { readonly treasury: Keypair; readonly microLamportsPerUnit: number },
  life: Life,
): { bytes: string; signature: string } {
  const transaction = new Transaction({ feePayer: treasury.publicKey, ...life });
  transaction.add(
    ComputeBudgetProgram.setComputeUnitLimit({ units: UNITS }),
    ComputeBudgetProgram.setComputeUnitPrice({ microLamports: microLamportsPerUnit }),
    memoInstruction(memo),
  );
  return signedBy(treasury, transaction);
}

export function signedBy(treasury: Keypair, transaction: Transaction): { bytes: string; signature: string } {
  transaction.sign(treasury);
  if (transaction.signature === null) throw new Error('unsigned');
  return { bytes: transaction.serialize().toString('base64'), signature: bs58.encode(transaction.signature) };
}
