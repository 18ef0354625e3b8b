/** anchor@1, computed again: the root over the heads of all streams, by RFC 6962's own recursive definition, and proofs that a head is in it. */

import { canonical } from '@tokenos/contracts/envelope/canonical';
import { hash } from 'node:crypto';

export interface Head {
  readonly stream: string;
  readonly revision: number;
  readonly hash: string;
}

/** One call each: a year of anchors over many streams is a great many hashes. */
const sha256 = (data: Buffer | string): Buffer => hash('sha256', data, 'buffer');

const NODE = Buffer.of(1);

/** The character U+0000 is the byte 0. */
export const leafOf = (head: Head): Buffer => sha256(`\u0000${canonical([head.stream, head.revision, head.hash])}`);

export const nodeOf = (left: Buffer, right: Buffer): Buffer => sha256(Buffer.concat([NODE, left, right]));

const SURROGATE = /[\ud800-\udfff]/;

/** By the bytes of their streams' names. A stream that comes twice is the caller's fault and stands twice. */
export function inOrder(heads: Iterable<Head>): readonly Head[] {
  const all = [...heads];
  // Text compares as its bytes do, unless some of it lies beyond 16 bits.
  if (!all.some(({ stream }) => SURROGATE.test(stream))) {
    return all.sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : 0));
  }
  const named = all.map((head) => ({ head, name: Buffer.from(head.stream, 'utf8') }));
  return named.sort((a, b) => Buffer.compare(a.name, b.name)).map(({ head }) => head);
}

export function rootOf(heads: Iterable<Head>): { readonly root: string; readonly streams: number } {
  const leaves = inOrder(heads).map(leafOf);
  const root = leaves.length === 0 ? sha256('') : over(leaves, 0, leaves.length);
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
