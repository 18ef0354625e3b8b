/** Finds what came in since a cursor, in the account that plans pay from and in every other of the treasury, by listing signatures and reading each transaction. */

import { TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import type { Treasury } from './analyse.js';
import { advance, unseen, UNSCANNED } from './cursor.js';
import {
  ChainUnavailable,
  type AccountMark,
  type ForeignScan,
  type IncomingTransfer,
  type Scan,
  type ScanCursor,
} from './port.js';
import { finalizedHead, genesisHash, readTransfer } from './reader.js';
import type { Rpc } from './rpc.js';
import * as wire from './wire.js';

/** The most that an RPC node lists at once. */
const PAGE = 1000;

export interface ScanOptions {
  /** Transactions read in one scan. */
  readonly limit?: number;
}

/** A cursor of another chain (a local one that restarted) starts over: that chain's history is gone. */
export async function scan(
  rpc: Rpc,
  treasury: Treasury,
  cursor: ScanCursor | null,
  { limit = 200 }: ScanOptions = {},
): Promise<Scan> {
  const chain = await genesisHash(rpc);
  const before = marksOf(cursor, chain)[treasury.tokenAccount];
  // Before listing: whatever is final by now is in the lists that follow.
  const head = await finalizedHead(rpc);
  const usdc = await scanAccount(rpc, treasury, treasury.tokenAccount, before, chain, limit);
  return {
    transfers: usdc.transfers,
    cursor: { genesisHash: chain, accounts: { [treasury.tokenAccount]: usdc.mark } },
    finalizedThrough: usdc.complete ? head.blockTime : null,
  };
}

/** Anybody can open accounts for the treasury, with anything in them: one that cannot be read is named, and the others go on. */
export async function scanForeign(
  rpc: Rpc,
  treasury: Treasury,
  cursor: ScanCursor | null,
  { limit = 200 }: ScanOptions = {},
): Promise<ForeignScan> {
  const chain = await genesisHash(rpc);
  const accounts = marksOf(cursor, chain);
  const transfers: IncomingTransfer[] = [];
  const problems: { account: string; why: string }[] = [];
  for (const [account, balance] of await otherAccounts(rpc, treasury)) {
    const before = accounts[account] ?? UNSCANNED;
    if (before.balance === balance) continue;
    try {
      const found = await scanAccount(rpc, treasury, account, before, chain, limit);
      const received = found.transfers.filter(({ destination }) => destination === account);
      // Only what was found explains a balance: what a node lists late leaves a difference, and is looked for again.
      const explained = received.reduce((sum, { amount }) => sum + amount, BigInt(before.balance));
      accounts[account] = { ...found.mark, balance: explained.toString() };
      transfers.push(...received);
    } catch (error) {
      problems.push({ account, why: error instanceof Error ? error.message : String(error) });
    }
  }
  return { transfers, cursor: { genesisHash: chain, accounts }, problems };
}

/** Its own copy. */
const marksOf = (cursor: ScanCursor | null, chain: string): Record<string, AccountMark> =>
  cursor?.genesisHash === chain ? { ...cursor.accounts } : {};

interface AccountScan {
  readonly transfers: readonly IncomingTransfer[];
  readonly transactions: number;
  readonly mark: AccountMark;
  readonly complete: boolean;
}

async function scanAccount(
  rpc: Rpc,
  treasury: Treasury,
  account: string,
  mark: AccountMark = UNSCANNED,
  chain: string,
  limit: number,
): Promise<AccountScan> {
  const listed = await listSince(rpc, account, mark.until);
  const open = unseen(listed, mark);
  const batch = open.slice(0, limit);
  const transfers: IncomingTransfer[] = [];
  for (const { signature, err } of batch) {
    if (err !== null) continue;
    const found = await readTransfer(rpc, treasury, chain, signature);
    if (found === null) throw new ChainUnavailable(`${signature} is listed and cannot be read yet`);
    if (found.kind === 'incoming') transfers.push(found);
  }
  return {
    transfers,
    transactions: batch.length,
    mark: advance(listed, mark, batch.at(-1)?.signature ?? null),
    complete: batch.length === open.length,
  };
}

/** Newest first, everything after `until`. */
async function listSince(rpc: Rpc, account: string, until: string | null): Promise<wire.SignatureEntry[]> {
  const listed: wire.SignatureEntry[] = [];
  for (;;) {
    const before = listed.at(-1)?.signature;
    const page = await rpc(wire.signaturesAnswer, 'getSignaturesForAddress', account, {
      commitment: 'confirmed',
      limit: PAGE,
      ...(until === null ? {} : { until }),
      ...(before === undefined ? {} : { before }),
    });
    listed.push(...page);
    if (page.length < PAGE) return listed;
  }
}

/** Address and balance (null: unreadable, so always looked at) of every token account of the treasury but the one that plans pay from. */
async function otherAccounts(rpc: Rpc, { wallet, tokenAccount }: Treasury): Promise<[string, string | null][]> {
  const found: [string, string | null][] = [];
  for (const program of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
    const { value } = await rpc(
      wire.tokenAccountsAnswer,
      'getTokenAccountsByOwner',
      wallet,
      { programId: program.toBase58() },
      { encoding: 'jsonParsed', commitment: 'confirmed' },
    );
    for (const { pubkey, account } of value) {
      if (pubkey !== tokenAccount) found.push([pubkey, account.data?.parsed.info.tokenAmount.amount ?? null]);
    }
  }
  return found;
}
