/** Whether a transaction brought the treasury money, how much and from whom: by balances before and after, never by what its instructions say. */

import type { Millis } from '@tokenos/domain/time';
import { TOKEN_PROGRAM_ID } from '@solana/spl-token';
import type { Payer } from '@tokenos/domain/payment/payment';
import type { IncomingTransfer, NotOurs, Refusal } from './port.js';
import type { TokenBalance, TransactionAnswer } from './wire.js';

export interface Treasury {
  readonly wallet: string;
  /** The associated token account for `mint`: the only one that plans pay from. */
  readonly tokenAccount: string;
  readonly mint: string;
}

/** Where and when the transaction was found; block times come from elsewhere, because not every node gets them right here. */
export interface Found {
  readonly blockTime: Millis;
  readonly genesisHash: string;
}

/** A token account that this transaction touched, and by how much its balance moved. */
interface Change {
  readonly account: string;
  readonly owner: string | null;
  readonly mint: string;
  readonly program: string | null;
  readonly amount: bigint;
}

/**
 * Several credits of ours in one transaction: the one in USDC counts, else the first; the rest stays in the treasury.
 * Two transfers to the same account are one amount.
 */
export function analyse(answer: TransactionAnswer, treasury: Treasury, found: Found): IncomingTransfer | NotOurs {
  const { slot, meta, transaction } = answer;
  const [signature = ''] = transaction.signatures;
  if (meta.err !== null) return notOurs('failed');
  const keys = transaction.message.accountKeys;
  if (keys.some(({ pubkey, signer }) => signer && pubkey === treasury.wallet)) return notOurs('signed_by_treasury');
  const changes = tokenChanges(answer);
  const credits = changes.filter(({ owner, amount }) => owner === treasury.wallet && amount > 0n);
  const credit = credits.find((change) => refusal(change, treasury) === null) ?? credits[0];
  if (credit === undefined) return notOurs('nothing_received');
  const debits = changes.filter(({ mint, amount }) => mint === credit.mint && amount < 0n);
  return {
    kind: 'incoming',
    signature,
    slot,
    ...found,
    mint: credit.mint,
    amount: credit.amount,
    payers: payersOf(debits, credit.amount),
    references: references(answer, changes),
    memo: memo(answer),
    destination: credit.account,
    refusal: refusal(credit, treasury),
  };
}

/** One payer gave it all, whatever else it paid for in the same breath. Of several, each gave what it lost, if that adds up. */
function payersOf(debits: readonly Change[], received: bigint): Payer[] {
  const given = new Map<string, bigint>();
  for (const { owner, amount } of debits) {
    if (owner === null) return [];
    given.set(owner, (given.get(owner) ?? 0n) - amount);
  }
  const payers = [...given].map(([wallet, amount]) => ({ wallet, amount }));
  const [first, second] = payers;
  if (first !== undefined && second === undefined) return [{ wallet: first.wallet, amount: received }];
  return payers.reduce((total, payer) => total + payer.amount, 0n) === received ? payers : [];
}

const notOurs = (why: NotOurs['why']): NotOurs => ({ kind: 'not_ours', why });

function refusal({ mint, program, account }: Change, treasury: Treasury): Refusal | null {
  if (mint !== treasury.mint) return 'wrong_mint';
  if (program !== TOKEN_PROGRAM_ID.toBase58()) return 'wrong_program';
  return account === treasury.tokenAccount ? null : 'wrong_account';
}

/** An account that was created, or closed, in this transaction is missing on one side: it held nothing there. */
function tokenChanges({ meta, transaction }: TransactionAnswer): Change[] {
  const before = byIndex(meta.preTokenBalances);
  const after = byIndex(meta.postTokenBalances);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((index) => {
    const known = after.get(index) ?? before.get(index);
    const account = transaction.message.accountKeys[index]?.pubkey;
    if (known === undefined || account === undefined) return [];
    return {
      account,
      // Who owned it before is who paid, should the account have changed hands meanwhile.
      owner: before.get(index)?.owner ?? known.owner ?? null,
      mint: known.mint,
      program: known.programId ?? null,
      amount: held(after.get(index)) - held(before.get(index)),
    };
  });
}

const byIndex = (balances: TokenBalance[] | null | undefined): Map<number, TokenBalance> =>
  new Map((balances ?? []).map((balance) => [balance.accountIndex, balance]));

const held = (balance: TokenBalance | undefined): bigint => BigInt(balance?.uiTokenAmount.amount ?? 0);

/** What is left once signers, written accounts, programs, mints and token accounts are taken away. */
function references({ transaction }: TransactionAnswer, changes: readonly Change[]): string[] {
  const { accountKeys, instructions } = transaction.message;
  const explained = new Set([
    ...instructions.map(({ programId }) => programId),
    ...changes.flatMap(({ account, mint }) => [account, mint]),
  ]);
  const free = accountKeys.filter(({ pubkey, signer, writable }) => !signer && !writable && !explained.has(pubkey));
  return unique(free.map(({ pubkey }) => pubkey));
}

/** Both versions of the memo program are parsed by the node as `spl-memo`; several memos name nothing for sure. */
function memo({ transaction }: TransactionAnswer): string | null {
  const memos = transaction.message.instructions.filter(({ program }) => program === 'spl-memo');
  const [only] = memos;
  return memos.length === 1 && typeof only?.parsed === 'string' ? only.parsed : null;
}

const unique = (values: readonly string[]): string[] => [...new Set(values)];
