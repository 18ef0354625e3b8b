/** Key pairs on disk in the format of the Solana command line: a JSON array of 64 bytes, readable by the owner only. */

import { readFile, writeFile } from 'node:fs/promises';
import { Keypair } from '@solana/web3.js';

/** Refuses to overwrite: a lost key is lost money. */
export async function createKeyFile(file: string): Promise<Keypair> {
  const keypair = Keypair.generate();
  await writeFile(file, JSON.stringify([...keypair.secretKey]), { mode: 0o600, flag: 'wx' });
  return keypair;
}

export async function readKeyFile(file: string): Promise<Keypair> {
  try {
    return Keypair.fromSecretKey(Uint8Array.from(JSON.parse(await readFile(file, 'utf8')) as number[]));
  } catch (cause) {
    // The content must not appear in an error message.
    throw new Error(`no readable key pair in ${file}`, { cause: cause instanceof SyntaxError ? undefined : cause });
  }
}

export async function readOrCreateKeyFile(file: string): Promise<Keypair> {
  try {
    return await createKeyFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return readKeyFile(file);
  }
}
