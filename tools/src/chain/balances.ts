/**
 * What survives a restart of the local chain: every token account and mint as it stood, and its owners' SOL. History,
 * signatures and block times do not: Surfpool keeps nothing on disk, and each start is a new chain with a new genesis hash.
 */

import { existsSync } from 'node:fs';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { NATIVE_MINT, TOKEN_PROGRAM_ID } from '@solana/spl-token';
import { PublicKey, SystemProgram, type AccountInfo, type Connection } from '@solana/web3.js';
import { z } from 'zod';
import type { Surfnet } from './surfnet.js';

const OWNER = { start: 32, end: 64, accountBytes: 165 };
const ACCOUNTS_PER_CALL = 100;

const balancesFile = z.strictObject({
  genesisHash: z.string(),
  accounts: z.array(z.strictObject({ address: z.string(), lamports: z.number(), owner: z.string(), data: z.base64() })),
});
type Account = z.infer<typeof balancesFile>['accounts'][number];

/** Writes all or nothing. One RPC call reads all tokens, so that no transfer is seen half. */
export async function saveBalances(connection: Connection, file: string): Promise<void> {
  const tokens = (await connection.getProgramAccounts(TOKEN_PROGRAM_ID, 'processed')).filter(
    ({ pubkey }) => !pubkey.equals(NATIVE_MINT),
  );
  const accounts = [
    ...tokens.map(({ pubkey, account }) => toRow(pubkey, account)),
    ...(await wallets(connection, ownersOf(tokens.map(({ account }) => account.data)))),
  ];
  const genesisHash = await connection.getGenesisHash();
  await writeFile(`${file}.new`, JSON.stringify({ genesisHash, accounts } satisfies z.input<typeof balancesFile>));
  await rename(`${file}.new`, file);
}

/** How many accounts were put back: 0 where there is no file yet. Throws on a file that it cannot read whole. */
export async function restoreBalances(surfnet: Surfnet, file: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const { accounts } = balancesFile.parse(JSON.parse(await readFile(file, 'utf8')));
  for (const { address, lamports, data, owner } of accounts) {
    surfnet.setAccount(address, lamports, [...Buffer.from(data, 'base64')], owner);
  }
  return accounts.length;
}

function ownersOf(tokenData: readonly Buffer[]): PublicKey[] {
  const owners = tokenData
    .filter((data) => data.length === OWNER.accountBytes)
    .map((data) => new PublicKey(data.subarray(OWNER.start, OWNER.end)));
  return [...new Map(owners.map((owner) => [owner.toBase58(), owner])).values()];
}

async function wallets(connection: Connection, owners: PublicKey[]): Promise<Account[]> {
  const rows: Account[] = [];
  for (let from = 0; from < owners.length; from += ACCOUNTS_PER_CALL) {
    const page = owners.slice(from, from + ACCOUNTS_PER_CALL);
    const infos = await connection.getMultipleAccountsInfo(page, 'processed');
    page.forEach((owner, index) => {
      const info = infos[index];
      if (info?.owner.equals(SystemProgram.programId)) rows.push(toRow(owner, info));
    });
  }
  return rows;
}

const toRow = (address: PublicKey, { lamports, owner, data }: AccountInfo<Buffer>): Account => ({
  address: address.toBase58(),
  lamports,
  owner: owner.toBase58(),
  data: data.toString('base64'),
});
