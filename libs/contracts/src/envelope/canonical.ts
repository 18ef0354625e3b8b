/** Canonical JSON (RFC 8785) and SHA-256 over it: what hashes and signatures of this platform are computed on. */

import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';

/** Throws a TypeError on anything JSON cannot hold (bigint, undefined at the top). */
export function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('not representable as JSON');
  return text;
}

export const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
