/** The machine's SSH host key (Ed25519), made once: buyers check it. */

import { existsSync, readFileSync } from 'node:fs';
import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import ssh2 from 'ssh2';
import { writePrivately } from './private-file.js';

export interface HostKey {
  /** OpenSSH private key text. */
  readonly privateKey: string;
  /** "ssh-ed25519 AAAA..." */
  readonly publicKey: string;
}

export function hostKey(path: string): HostKey {
  if (!existsSync(path)) writePrivately(path, newSshKeyPair('tokenos-node').privateKey);
  const privateKey = readFileSync(path, 'utf8');
  const parsed = ssh2.utils.parseKey(privateKey);
  if (parsed instanceof Error || parsed.type !== 'ssh-ed25519') throw new Error(`${path} holds no Ed25519 host key`);
  return { privateKey, publicKey: `ssh-ed25519 ${parsed.getPublicSSH().toString('base64')}` };
}
