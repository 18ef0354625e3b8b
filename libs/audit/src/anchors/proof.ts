/** That one stream's head is under a published root, shown with a hash per level instead of all the streams. */

import { z } from 'zod';
import { inOrder, leafOf, leftPart, nodeOf, over, type Head } from './tree.js';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What the holder of one stream keeps beside a root that anyone can look up on the chain. */
export const inclusionProof = z.strictObject({
  rules: z.literal('anchor@1'),
  day: z.iso.date(),
  root: sha256,
  /** Leaves of the whole tree. */
  streams: z.int().positive(),
  stream: z.string(),
  revision: z.int().nonnegative(),
  hash: sha256,
  /** Of the leaf, from 0. */
  index: z.int().nonnegative(),
  /** Roots of the trees beside it, from the leaf upwards. */
  path: z.array(sha256),
});
export type InclusionProof = z.output<typeof inclusionProof>;

/** Null where no such stream is among the heads. */
export function prove(heads: Iterable<Head>, day: string, stream: string): InclusionProof | null {
  const sorted = inOrder(heads);
  const index = sorted.findIndex((head) => head.stream === stream);
  const head = sorted[index];
  if (head === undefined) return null;
  const leaves = sorted.map(leafOf);
  const path: string[] = [];
  let [from, to] = [0, leaves.length];
  while (to - from > 1) {
    const middle = from + leftPart(to - from);
    const isLeft = index < middle;
    path.unshift((isLeft ? over(leaves, middle, to) : over(leaves, from, middle)).toString('hex'));
    [from, to] = isLeft ? [from, middle] : [middle, to];
  }
  const root = over(leaves, 0, leaves.length).toString('hex');
  const { revision, hash } = head;
  return { rules: 'anchor@1', day, root, streams: leaves.length, stream, revision, hash, index, path };
}

/** Whether the path leads from this head to this root. That the root is the published one is for the chain to say. */
export function holds(proof: InclusionProof): boolean {
  const { index, streams, path } = proof;
  if (index >= streams) return false;
  const sides = sidesOf(index, streams);
  if (sides.length !== path.length) return false;
  const root = path.reduce((below, beside, level) => {
    const other = Buffer.from(beside, 'hex');
    return sides[level] === 'left' ? nodeOf(below, other) : nodeOf(other, below);
  }, leafOf(proof));
  return root.toString('hex') === proof.root;
}

/** On which side the leaf's own subtree is at each level, from the leaf upwards. */
function sidesOf(index: number, streams: number): readonly ('left' | 'right')[] {
  const sides: ('left' | 'right')[] = [];
  let [from, to] = [0, streams];
  while (to - from > 1) {
    const middle = from + leftPart(to - from);
    const side = index < middle ? 'left' : 'right';
    sides.unshift(side);
    [from, to] = side === 'left' ? [from, middle] : [middle, to];
  }
  return sides;
}
