/** Loads the treasury's key: the only place in the platform where it is read. */

import { readFile, stat } from 'node:fs/promises';
import { Keypair } from '@solana/web3.js';
import { z } from 'zod';

/** The format of the Solana command line: 32 bytes of seed, then 32 of public key. */
const keyFile = z.array(z.int().min(0).max(255)).length(64);

/** Throws where others may read the file, or it holds no key; the content never appears in the message. */
export async function loadTreasuryKey(file: string): Promise<Keypair> {
  const { mode } = await stat(file);
  if ((mode & 0o077) !== 0) throw new Error(`${file} can be read by others: chmod 600 it`);
  try {
    return Keypair.fromSecretKey(Uint8Array.from(keyFile.parse(JSON.parse(await readFile(file, 'utf8')))));
  } catch {
    throw new Error(`${file} holds no Solana key pair`);
  }
}
