/** Pays one Solana Pay request as a buyer's wallet would: it knows the request and its own key, nothing of this platform. */

import { createTransferCheckedInstruction, getAssociatedTokenAddressSync, getMint } from '@solana/spl-token';
import { PublicKey, TransactionInstruction, type Keypair } from '@solana/web3.js';
import { connect } from './connection.js';
import { sendAndFollow, type Sent } from './send.js';
import { toBaseUnits, type PaymentRequest } from './solana-pay-url.js';

export const MEMO_PROGRAM = new PublicKey('MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr');

export interface PayOptions {
  readonly rpcUrl: string;
  readonly payer: Keypair;
  /** To pay short, in another mint or without the reference, alter the request. */
  readonly request: PaymentRequest;
  readonly now?: () => number;
}

/** Resolves once the transfer is confirmed. */
export async function pay({ rpcUrl, payer, request, now }: PayOptions): Promise<Sent> {
  const connection = connect(rpcUrl);
  const { decimals } = await getMint(connection, new PublicKey(request.mint));
  return sendAndFollow(connection, payment(payer.publicKey, request, decimals), [payer], now);
}

/** A memo goes right before the transfer, as the specification of Solana Pay asks. */
export function payment(payer: PublicKey, request: PaymentRequest, decimals: number): TransactionInstruction[] {
  const mint = new PublicKey(request.mint);
  const transfer = createTransferCheckedInstruction(
    getAssociatedTokenAddressSync(mint, payer, true),
    mint,
    getAssociatedTokenAddressSync(mint, new PublicKey(request.recipient), true),
    payer,
    toBaseUnits(request.amount, decimals),
    decimals,
  );
  for (const reference of request.references) {
    transfer.keys.push({ pubkey: new PublicKey(reference), isSigner: false, isWritable: false });
  }
  return request.memo === null ? [transfer] : [memo(request.memo), transfer];
}

export const memo = (text: string): TransactionInstruction =>
  new TransactionInstruction({ programId: MEMO_PROGRAM, keys: [], data: Buffer.from(text, 'utf8') });
