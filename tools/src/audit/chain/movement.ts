/** What one transaction did to tokens: by the balances before and after it, and by the instructions in it. */

import type { ParsedInstruction, ParsedTransactionWithMeta, PartiallyDecodedInstruction } from '@solana/web3.js';

/** A token account that the transaction touched, and by how much its balance moved, in base units. */
export interface Change {
  readonly account: string;
  /** Who owned it before; null where the node does not say. */
  readonly owner: string | null;
  readonly mint: string;
  readonly amount: bigint;
}

type Balance = NonNullable<NonNullable<ParsedTransactionWithMeta['meta']>['preTokenBalances']>[number];

export function changesIn({ meta, transaction }: ParsedTransactionWithMeta): Change[] {
  const before = byIndex(meta?.preTokenBalances);
  const after = byIndex(meta?.postTokenBalances);
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((index) => {
    const known = before.get(index) ?? after.get(index);
    const account = transaction.message.accountKeys[index]?.pubkey.toBase58();
    if (known === undefined || account === undefined) return [];
    const amount = held(after.get(index)) - held(before.get(index));
    return amount === 0n ? [] : [{ account, owner: known.owner ?? null, mint: known.mint, amount }];
  });
}

const byIndex = (balances: readonly Balance[] | null | undefined): Map<number, Balance> =>
  new Map((balances ?? []).map((balance) => [balance.accountIndex, balance]));

/** An account that was opened or closed in this transaction held nothing on the other side of it. */
const held = (balance: Balance | undefined): bigint => BigInt(balance?.uiTokenAmount.amount ?? 0);

/** In words that two transfers share only where they are the same. */
export const transferWords = (amount: string, mint: string, from: string, to: string, authority: string): string =>
  `${amount} of ${mint} from ${from} to ${to} by ${authority}`;

const COMPUTE_BUDGET = 'ComputeBudget111111111111111111111111111111';

/** One line for each instruction that does anything: transfers in transferWords, a memo as its text, anything else as what it is. */
export function deedsOf({ transaction, meta }: ParsedTransactionWithMeta): string[] {
  const inner = (meta?.innerInstructions ?? []).flatMap(({ instructions }) => instructions);
  return [...transaction.message.instructions, ...inner]
    .filter(({ programId }) => programId.toBase58() !== COMPUTE_BUDGET)
    .map(deedOf);
}

export const memoWords = (text: string): string => `memo ${text}`;

function deedOf(instruction: ParsedInstruction | PartiallyDecodedInstruction): string {
  if (!('parsed' in instruction)) return `a call of program ${instruction.programId.toBase58()}`;
  const { program, parsed } = instruction as { program: string; parsed: unknown };
  if (program === 'spl-memo') return memoWords(String(parsed));
  const { type, info } = parsed as { type?: string; info?: TransferInfo };
  if (program !== 'spl-token' || type !== 'transferChecked' || info === undefined)
    return `${type ?? 'something'} of ${program}`;
  return transferWords(info.tokenAmount.amount, info.mint, info.source, info.destination, info.authority ?? '?');
}

interface TransferInfo {
  readonly source: string;
  readonly destination: string;
  readonly mint: string;
  readonly authority?: string;
  readonly tokenAmount: { readonly amount: string };
}
