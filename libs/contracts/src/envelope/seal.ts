/** Links a fact to the one before it: every stream is a hash chain. */

import { canonical, sha256Hex } from './canonical.js';
import { GENESIS_HASH, type Envelope } from './envelope.js';

export type Unsealed = Omit<Envelope, 'revision' | 'prevHash' | 'hash'>;

export interface Head {
  readonly revision: number;
  readonly hash: string;
}

/** `previous` is the stream's last fact, null for the first. */
export function seal(previous: Head | null, unsealed: Unsealed): Envelope {
  const revision = previous === null ? 0 : previous.revision + 1;
  const prevHash = previous?.hash ?? GENESIS_HASH;
  const body = { ...unsealed, revision };
  return { ...body, prevHash, hash: hashOf(prevHash, body) };
}

/** SHA-256 over the previous hash followed by the canonical JSON of the rest. */
export const hashOf = (prevHash: string, body: Omit<Envelope, 'prevHash' | 'hash'>): string =>
  sha256Hex(prevHash + canonical(body));

/** Whether an envelope's own hash is right; that it follows its neighbour is for the reader of the whole stream to say. */
export function isSealed(envelope: Envelope): boolean {
  const { prevHash, hash, ...body } = envelope;
  return hash === hashOf(prevHash, body);
}
