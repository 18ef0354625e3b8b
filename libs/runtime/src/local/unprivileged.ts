/** Who runs a server that refuses root, and how that user gets to files below a directory closed to it. */

import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The owner of `data` if it exists. Null when we are not root: then the server runs as ourselves. */
export async function unprivilegedAccount(data: string): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await stat(data).catch(() => null);
  if (owner !== null) return { uid: owner.uid, gid: owner.gid };
  const accounts = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'));
  const [, , uid, gid] =
    accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody') ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('Postgres refuses to run as root, and there is neither a user postgres nor nobody');
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * setpriv's options for becoming that account. A checkout below a closed directory (`/root`) would hide programs and data
 * from it, so only then it keeps the capability to search and read.
 */
export async function privilegesOf(account: Account | null, ...paths: readonly string[]): Promise<readonly string[]> {
  if (account === null) return [];
  const become = [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const open = await Promise.all(paths.map(isOpenToAll));
  if (open.every(Boolean)) return become;
  const capability = (await mayKeep(DAC_READ_SEARCH)) ? 'dac_read_search' : 'dac_override';
  return [...become, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`];
}

/** Bit in the kernel's capability masks. A container's root often lacks it and holds only the stronger dac_override. */
const DAC_READ_SEARCH = 1n << 2n;

async function mayKeep(capability: bigint): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8');
  const permitted = BigInt(`0x${/^CapPrm:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return (permitted & capability) !== 0n;
}

async function isOpenToAll(path: string): Promise<boolean> {
  const parent = dirname(path);
  if (parent === path) return true;
  const { mode } = await stat(parent);
  return (mode & 0o001) !== 0 && (await isOpenToAll(parent));
}
