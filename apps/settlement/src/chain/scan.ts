/** Finds what came in since a cursor, in every token account of the treasury, by listing signatures and reading each transaction. */

import { TOKEN_2022_PROGRAM_ID, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import type { Treasury } from './analyse.js';
import { advance, unseen, UNSCANNED } from './cursor.js';
import { ChainUnavailable, type AccountMark, type IncomingTransfer, type Scan, type ScanCursor } from './port.js';
import { finalizedHead, genesisHash, readTransfer } from './reader.js';
import type { Rpc } from './rpc.js';
import * as wire from './wire.js';

/** The most that an RPC node lists at once. */
const PAGE = 1000;

export interface ScanOptions {
  readonly foreign?: boolean;
  /** Transactions read in one scan. */
  readonly limit?: number;
}

/** A cursor of another chain (a local one that restarted) starts over: that chain's history is gone. */
export async function scan(
  rpc: Rpc,
  treasury: Treasury,
  cursor: ScanCursor | null,
  { foreign = true, limit = 200 }: ScanOptions = {},
): Promise<Scan> {
  const chain = await genesisHash(rpc);
  const accounts: Record<string, AccountMark> = cursor?.genesisHash === chain ? { ...cursor.accounts } : {};
  // Before listing: whatever is final by now is in the lists that follow.
  const head = await finalizedHead(rpc);
  const usdc = await scanAccount(rpc, treasury, treasury.tokenAccount, accounts[treasury.tokenAccount], chain, limit);
  accounts[treasury.tokenAccount] = usdc.mark;
  const transfers = [...usdc.transfers];
  for (const [account, balance] of foreign ? await otherAccounts(rpc, treasury) : []) {
    const before = accounts[account] ?? UNSCANNED;
    if (before.balance === balance) continue;
    const found = await scanAccount(rpc, treasury, account, before, chain, limit);
    // A balance that moved without a new signature is a node that lags behind: look again next time.
    const caughtUp = found.complete && found.transactions > 0;
    accounts[account] = { ...found.mark, balance: caughtUp ? balance : before.balance };
    transfers.push(...found.transfers.filter(({ destination }) => destination === account));
  }
  return {
    transfers,
    cursor: { genesisHash: chain, accounts },
    finalizedThrough: usdc.complete ? head.blockTime : null,
  };
}

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

/** Address and balance of every token account of the treasury but the one that plans pay from. */
async function otherAccounts(rpc: Rpc, { wallet, tokenAccount }: Treasury): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const program of [TOKEN_PROGRAM_ID, TOKEN_2022_PROGRAM_ID]) {
    const { value } = await rpc(
      wire.tokenAccountsAnswer,
      'getTokenAccountsByOwner',
      wallet,
      { programId: program.toBase58() },
      { encoding: 'jsonParsed', commitment: 'confirmed' },
    );
    for (const { pubkey, account } of value) {
      if (pubkey !== tokenAccount) found.push([pubkey, account.data.parsed.info.tokenAmount.amount]);
    }
  }
  return found;
}
