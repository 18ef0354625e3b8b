/** The node's Ed25519 key: signs heartbeats, the socket's challenge and probe answers. It never leaves its file. */

import { createPrivateKey, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import canonicalize from 'canonicalize';
import { writePrivately } from './private-file.js';

export interface NodeKey {
  /** base64url of the raw 32 bytes. */
  readonly publicKey: string;
  /** base64url signature over bytes. */
  sign(bytes: string): string;
  /** The value with a signature over its RFC 8785 form. */
  signed<T extends object>(value: T): T & { signature: string };
}

/** Reads the key, or makes it on the first run. */
export function nodeKey(path: string): NodeKey {
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writePrivately(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  const key = createPrivateKey(readFileSync(path));
  const { x } = createPublicKey(key).export({ format: 'jwk' });
  if (x === undefined) throw new Error(`${path} holds no Ed25519 key`);
  const signBytes = (bytes: string): string => sign(null, Buffer.from(bytes), key).toString('base64url');
  return {
    publicKey: x,
    sign: signBytes,
    signed: (value) => ({ ...value, signature: signBytes(canonicalize(value) ?? '') }),
  };
}
