/** anchor@1, computed again: the root over the heads of all streams, by RFC 6962's own recursive definition, and proofs that a head is in it. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import { createHash } from 'node:crypto';

export interface Head {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}

const sha256 = (...parts: readonly (Buffer | string)[]): Buffer => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

const [LEAF, NODE] = [Buffer.of(0), Buffer.of(1)];

export const leafOf = ({ stream, revision, hash }: Head): Buffer => sha256(LEAF, canonical([stream, revision, hash]));

export const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(NODE, left, right);

/** By the bytes of their streams' names. A stream that comes twice is the caller's fault and stands twice. */
export function inOrder(heads: Iterable<Head>): readonly Head[] {
  const named = [...heads].map((head) => ({ head, name: Buffer.from(head.stream, 'utf8') }));
  return named.sort((a, b) => Buffer.compare(a.name, b.name)).map(({ head }) => head);
}

export function rootOf(heads: Iterable<Head>): { readonly root: string; readonly streams: number } {
  const leaves = inOrder(heads).map(leafOf);
  const root = leaves.length === 0 ? sha256() : over(leaves, 0, leaves.length);
  return { root: root.toString('hex'), streams: leaves.length };
}

/** The left part is the largest power of two that leaves something for the right one. */
export function leftPart(leaves: number): number {
  let left = 1;
  while (left * 2 < leaves) left *= 2;
  return left;
}

export function over(leaves: readonly Buffer[], from: number, to: number): Buffer {
  const only = leaves[from];
  if (only === undefined) throw new RangeError(`there is no leaf ${from}`);
  if (to - from === 1) return only;
  const middle = from + leftPart(to - from);
  return nodeOf(over(leaves, from, middle), over(leaves, middle, to));
}
