/** A machine's Ed25519 key, from its number alone: its signatures are real, and the same in every run. */

import { encodeNodeKey } from '@tokenos/contracts/agent/signature';
import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';

/** DER prefix of an Ed25519 private key (RFC 8410): the raw 32 bytes follow. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

export interface NodeKeys {
  readonly privateKey: KeyObject;
  /** As enrolled. */
  readonly nodeKey: string;
}

export function nodeKeys(number: number): NodeKeys {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.alloc(32, number)]);
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { privateKey, nodeKey: encodeNodeKey(createPublicKey(privateKey)) };
}
