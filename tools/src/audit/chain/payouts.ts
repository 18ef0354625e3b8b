/** A plan in the facts against its transaction: exactly the planned transfers, to accounts derived again, and nothing more. */

import type { NoteAt } from '@tokenos/audit/here';
import type { ParsedTransactionWithMeta } from '@solana/web3.js';
import type { Plan, Sent } from './book.js';
import { tokenAccountOf } from './ledger.js';
import { changesIn, deedsOf, memoWords, transferWords } from './movement.js';
import type { Account } from './payments.js';

/** Of an attempt that landed without an error. */
export function checkPayout(
  plan: Plan,
  sent: Sent,
  transaction: ParsedTransactionWithMeta,
  { wallet, mint, tokenAccount }: Account,
  noteAt: NoteAt,
): void {
  const note = noteAt(sent.stream, sent.revision);
  const { signature } = sent;
  if (sent.slot !== null) note.compare('chain', `block of ${signature}`, transaction.slot, sent.slot);
  const transfers = plan.transfers.map(({ to, amount }) => ({ account: tokenAccountOf(to, mint), amount }));
  const planned = transfers.map(({ account, amount }) =>
    transferWords(amount.toString(), mint, tokenAccount, account, wallet),
  );
  const done = deedsOf(transaction);
  const missing = without([...planned, memoWords(plan.planId)], done);
  const more = without(done, [...planned, memoWords(plan.planId)]);
  for (const deed of missing) note('chain', `${signature} lacks what plan ${plan.planId} says: ${deed}`);
  for (const deed of more) note('chain', `${signature} does what plan ${plan.planId} does not say: ${deed}`);
  if (missing.length + more.length > 0) return;
  const moved = new Map<string, bigint>();
  for (const { account, amount } of transfers) {
    moved.set(account, (moved.get(account) ?? 0n) + amount);
    moved.set(tokenAccount, (moved.get(tokenAccount) ?? 0n) - amount);
  }
  const changed = new Map(changesIn(transaction).map(({ account, amount }) => [account, amount]));
  note.compare('chain', `balances that ${signature} moved`, balanceWords(moved), balanceWords(changed));
}

/** What is in `all` more often than in `others`. */
function without(all: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return all.filter((one) => {
    const found = left.indexOf(one);
    if (found === -1) return true;
    left.splice(found, 1);
    return false;
  });
}

const balanceWords = (balances: ReadonlyMap<string, bigint>): string[] =>
  [...balances]
    .filter(([, amount]) => amount !== 0n)
    .map(([account, amount]) => `${account} ${amount}`)
    .sort();
