/** Links a fact to the one before it: every stream is a hash chain. */

import { canonical, inCanonicalOrder, sha256Hex } from './canonical.js';
import { GENESIS_HASH, type Envelope } from './envelope.js';

export type Unsealed = Omit<Envelope, 'revision' | 'prevHash' | 'hash'>;

export interface Head {
  readonly revision: number;
  readonly hash: string;
}

/**
 * `previous` is the stream's last fact, null for the first. Its data is put in canonical order: stores keep it so, exports give
 * it so, and whoever checks a hash finds the text that was hashed.
 */
export function seal(previous: Head | null, unsealed: Unsealed): Envelope {
  const revision = previous === null ? 0 : previous.revision + 1;
  const prevHash = previous?.hash ?? GENESIS_HASH;
  const body = { ...unsealed, data: inCanonicalOrder(unsealed.data), revision };
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

/** The same, of one whose body (canonical JSON without the hashes) its reader has already (written.ts). */
export const isSealedAs = ({ prevHash, hash }: Envelope, body: string): boolean => hash === sha256Hex(prevHash + body);
