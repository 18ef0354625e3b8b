/** What Helius posts to a webhook, as far as anyone here reads it: an array with one transaction, "enhanced" or "raw". */

import type { ParsedTransactionWithMeta, TokenBalance } from '@solana/web3.js';

export type HeliusShape = 'enhanced' | 'raw';

export function heliusBody(shape: HeliusShape, signature: string, seen: ParsedTransactionWithMeta): object[] {
  return shape === 'raw' ? [raw(signature, seen)] : [enhanced(signature, seen)];
}

function raw(signature: string, { slot, blockTime, meta, version }: ParsedTransactionWithMeta): object {
  return { blockTime, indexWithinBlock: 0, meta, slot, transaction: { signatures: [signature] }, version };
}

/** https://docs.helius.dev: a receiver must not trust the transfers in it, and ours reads only the signature. */
function enhanced(signature: string, { slot, blockTime, meta, transaction }: ParsedTransactionWithMeta): object {
  const accounts = transaction.message.accountKeys.map(({ pubkey }) => pubkey.toBase58());
  return {
    signature,
    slot,
    timestamp: blockTime,
    type: 'TRANSFER',
    source: 'SOLANA_PROGRAM_LIBRARY',
    fee: meta?.fee ?? 0,
    feePayer: accounts[0],
    transactionError: meta?.err ?? null,
    nativeTransfers: [],
    tokenTransfers: (meta?.postTokenBalances ?? []).map((post) => tokenChange(accounts, post, meta?.preTokenBalances)),
  };
}

function tokenChange(accounts: string[], post: TokenBalance, before: TokenBalance[] | null | undefined): object {
  const pre = before?.find(({ accountIndex }) => accountIndex === post.accountIndex);
  const change = BigInt(post.uiTokenAmount.amount) - BigInt(pre?.uiTokenAmount.amount ?? 0);
  const account = accounts[post.accountIndex];
  const [side, user] = change < 0n ? ['fromTokenAccount', 'fromUserAccount'] : ['toTokenAccount', 'toUserAccount'];
  return { [side]: account, [user]: post.owner, mint: post.mint, rawTokenAmount: String(change) };
}
