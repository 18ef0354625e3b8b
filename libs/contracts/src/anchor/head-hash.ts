/** anchor@1's hash: SHA-256 with a first byte that tells leaves from nodes, so that neither can pass for the other. */

import type { StreamHead, TreeHash } from '@tokenos/domain/anchor/tree';
import { createHash } from 'node:crypto';
import { canonical } from '../envelope/canonical.js';

const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export const headHash: TreeHash<Buffer> = {
  leaf: ({ stream, revision, hash }: StreamHead) =>
    createHash('sha256')
      .update(LEAF)
      .update(canonical([stream, revision, hash]), 'utf8')
      .digest(),
  node: (left, right) => createHash('sha256').update(NODE).update(left).update(right).digest(),
  empty: () => createHash('sha256').digest(),
};
