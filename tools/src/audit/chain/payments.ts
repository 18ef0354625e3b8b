/** A payment in the facts against its transaction: that amount, from that payer, into the treasury's account, in that block. */

import type { NoteAt } from '@tokenos/audit/here';
import type { ParsedTransactionWithMeta } from '@solana/web3.js';
import type { Claim } from './book.js';
import { changesIn, type Change } from './movement.js';

export interface Account {
  readonly wallet: string;
  readonly mint: string;
  /** The one that plans pay from. */
  readonly tokenAccount: string;
}

/** `blockTime`: of its block, epoch milliseconds; null where it is not to be compared. */
export function checkPayment(
  claim: Claim,
  transaction: ParsedTransactionWithMeta,
  blockTime: number | null,
  account: Account,
  noteAt: NoteAt,
): void {
  const { signature, stream, revision, slot, amount } = claim;
  const note = noteAt(stream, revision);
  if (transaction.meta?.err !== null) {
    note('chain', `${signature} failed on the chain: it moved nothing`);
    return;
  }
  note.compare('chain', `block of ${signature}`, transaction.slot, slot);
  if (blockTime !== null) note.compare('chain', `block time of ${signature}, ms`, blockTime, claim.blockTime);
  const changes = changesIn(transaction);
  const credit = creditOf(changes, claim, account);
  const received = credit?.amount ?? 0n;
  if (!note.compare('chain', `what ${signature} brought the treasury`, received, amount) || credit === undefined)
    return;
  note.compare('chain', `who gave it in ${signature}`, payersOf(changes, credit), claim.payers.map(payerWords).sort());
}

/** USDC counts in the one account; what is elsewhere is in whichever account of the treasury got it. */
function creditOf(
  changes: readonly Change[],
  claim: Claim,
  { wallet, mint, tokenAccount }: Account,
): Change | undefined {
  if (!claim.elsewhere)
    return changes.find((change) => change.account === tokenAccount && change.mint === (claim.mint ?? mint));
  const own = changes.filter(
    (change) => change.owner === wallet && change.mint === claim.mint && change.account !== tokenAccount,
  );
  return own.find(({ amount }) => amount === claim.amount) ?? own[0];
}

/** One payer gave it all, whatever else it paid for; of several, each gave what it lost, if that adds up; else nobody can tell. */
function payersOf(changes: readonly Change[], credit: Change): string[] {
  const given = new Map<string | null, bigint>();
  for (const { mint, owner, amount } of changes) {
    if (mint === credit.mint && amount < 0n) given.set(owner, (given.get(owner) ?? 0n) - amount);
  }
  const payers = [...given].map(([wallet, amount]) => ({ wallet: wallet ?? '', amount }));
  if (given.has(null)) return [];
  const [first, second] = payers;
  if (first !== undefined && second === undefined) return [payerWords({ wallet: first.wallet, amount: credit.amount })];
  const total = payers.reduce((sum, { amount }) => sum + amount, 0n);
  return total === credit.amount ? payers.map(payerWords).sort() : [];
}

const payerWords = ({ wallet, amount }: { readonly wallet: string; readonly amount: bigint }): string =>
  `${amount} from ${wallet}`;
