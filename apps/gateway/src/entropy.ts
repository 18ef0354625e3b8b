/** Everything random that the gateway makes, in one port, so that tests can name it. */

import { MAX_QUOTE_SURPLUS } from '@tokenos/domain/pricing/pricing';
import { newSshKeyPair, type SshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import bs58 from 'bs58';
import { generateKeyPairSync, randomBytes, randomInt } from 'node:crypto';

export interface Entropy {
  /** 1 to 9,999 micro-USDC. */
  surplusMicroUsdc(): bigint;
  /** A fresh Ed25519 public key, base58, whose private part is thrown away. */
  reference(): string;
  /** 256 bits, URL-safe. */
  secret(): string;
  /** A fresh SSH key, Ed25519, in OpenSSH's formats. */
  sshKey(): SshKeyPair;
}

const RAW_KEY_BYTES = 32;

export const systemEntropy: Entropy = {
  surplusMicroUsdc: () => BigInt(randomInt(1, MAX_QUOTE_SURPLUS + 1)),
  reference: () => {
    const { publicKey } = generateKeyPairSync('ed25519');
    return bs58.encode(publicKey.export({ format: 'der', type: 'spki' }).subarray(-RAW_KEY_BYTES));
  },
  secret: () => randomBytes(32).toString('base64url'),
  sshKey: () => newSshKeyPair('tokenos-rental'),
};
