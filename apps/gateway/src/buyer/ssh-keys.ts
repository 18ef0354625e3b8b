/** Reads buyers' public keys: only what OpenSSH accepts today, and nothing beside the key itself (no options, no comment). */

import { usernameFor } from '@tokenos/contracts/agent/username';
import type { SshKey } from '@tokenos/domain/rental/facts';
import sshpk from 'sshpk';
import { problemOf } from '../problem/problem.js';

const MIN_RSA_BITS = 2_048;

/** "ssh-ed25519 AAAA... comment" -> type and key alone, with the fingerprint that ssh-keygen prints; null where it is no such key. */
export function readSshKey(line: string): SshKey | null {
  if (/[\r\n]/.test(line.trim())) return null;
  try {
    const key = sshpk.parseKey(line.trim(), 'ssh');
    const known = key.type === 'ed25519' || key.type === 'ecdsa' || (key.type === 'rsa' && key.size >= MIN_RSA_BITS);
    if (!known) return null;
    const [type = '', body = ''] = key.toString('ssh').split(' ');
    return { publicKey: `${type} ${body}`, fingerprint: key.fingerprint('sha256').toString() };
  } catch {
    return null;
  }
}

/** Each key once. Throws `invalid_request` with a pointer to the first line that is no key. */
export function readSshKeys(lines: readonly string[]): SshKey[] {
  const keys = lines.map((line, index) => {
    const key = readSshKey(line);
    if (key !== null) return key;
    const detail = 'expected one OpenSSH public key: ssh-ed25519, ecdsa-sha2-*, or ssh-rsa of 2048 bits and more';
    throw problemOf('invalid_request', { errors: [{ pointer: `/sshPublicKeys/${index}`, detail }] });
  });
  return [...new Map(keys.map((key) => [key.fingerprint, key])).values()];
}

export const credentialCommand = (rentalId: string, keys: readonly SshKey[], at: number) =>
  ({ type: 'IssueCredential', at, keys, username: usernameFor(rentalId) }) as const;
