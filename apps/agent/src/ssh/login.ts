/** Who may log in: the name picks the lease, the key decides between its buyer and the platform's probe. */

import { createHash } from 'node:crypto';
import ssh2, { type AuthContext, type ParsedKey, type PublicKeyAuthContext } from 'ssh2';
import type { Door } from '../leases/ports.js';

type PublicKeyParts = 'method' | 'username' | 'key' | 'signature' | 'blob' | 'hashAlgo';

/** What a login shows: what ssh2 hands us, without its means to answer. */
export type Attempt =
  | Pick<PublicKeyAuthContext, PublicKeyParts>
  | { readonly method: Exclude<AuthContext['method'], 'publickey'>; readonly username: string };

export interface Login extends Door {
  readonly role: 'buyer' | 'probe';
  /** SSH wire form of the key, base64. */
  readonly keyBlob: string;
}

/** Public key only. Null refuses; a login without a signature means only that the key would do. */
export function authenticate(attempt: Attempt, find: (username: string) => Door | null): Login | null {
  if (attempt.method !== 'publickey') return null;
  const door = find(attempt.username);
  if (door === null) return null;
  const { probeKey, authorizedKeys } = door.lease.entry;
  const keyBlob = attempt.key.data.toString('base64');
  // The probe's key can do less, so it is looked for first.
  if (accepts(attempt, probeKey)) return { ...door, role: 'probe', keyBlob };
  return authorizedKeys.some((line) => accepts(attempt, line)) ? { ...door, role: 'buyer', keyBlob } : null;
}

function accepts(attempt: Pick<PublicKeyAuthContext, PublicKeyParts>, line: string): boolean {
  const key = parse(line);
  if (key === null || !key.getPublicSSH().equals(attempt.key.data) || key.type !== attempt.key.algo) return false;
  // Without a named hash an RSA signature is over SHA-1, which nobody should accept any more.
  if (key.type === 'ssh-rsa' && attempt.hashAlgo === undefined && attempt.signature !== undefined) return false;
  if (attempt.signature === undefined || attempt.blob === undefined) return true;
  // Declared as boolean, but ssh2 answers an Error where verification itself failed.
  const verdict: unknown = key.verify(attempt.blob, attempt.signature, attempt.hashAlgo);
  return verdict === true;
}

/** Null for a line that is no public key, e.g. one with options: it opens nothing. */
function parse(line: string): ParsedKey | null {
  const parsed = ssh2.utils.parseKey(line);
  return parsed instanceof Error ? null : parsed;
}

/** The wire form of each line that is a public key, base64. */
export function keyBlobs(lines: readonly string[]): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => parse(line)?.getPublicSSH().toString('base64') ?? []));
}

/** As `ssh-keygen -l` prints it. */
export function fingerprint(keyBlob: string): string {
  return `SHA256:${createHash('sha256').update(Buffer.from(keyBlob, 'base64')).digest('base64').replace(/=+$/, '')}`;
}
