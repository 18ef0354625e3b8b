/** anchor@1 against roots that were computed elsewhere (Python's hashlib and json). */

import { byCodePoint, HeadTree, type StreamHead } from '@tokenos/domain/anchor/tree';
import { golden } from '@tokenos/testing/generators/golden';
import { headHash } from './head-hash.js';

type Triple = readonly [stream: string, revision: number, hash: string];

const vectors = golden('domain/golden/anchor.json') as {
  readonly leaf: { readonly head: Triple; readonly hash: string };
  readonly cases: readonly { readonly heads: readonly Triple[]; readonly root: string }[];
};

const head = ([stream, revision, hash]: Triple): StreamHead => ({ stream, revision, hash });

describe('the root over the heads of all streams', () => {
  it('has leaves as they were computed elsewhere', () => {
    expect(headHash.leaf(head(vectors.leaf.head)).toString('hex')).toBe(vectors.leaf.hash);
  });

  it.each(vectors.cases)('of $heads.length streams is what it was elsewhere', ({ heads, root }) => {
    const tree = new HeadTree(headHash);
    const inOrder = heads.map(head).sort((a, b) => byCodePoint(a.stream, b.stream));
    for (const one of inOrder) tree.add(one);
    expect(tree.root().toString('hex')).toBe(root);
  });

  it('is another when a single revision is', () => {
    const root = (revision: number): string => {
      const tree = new HeadTree(headHash);
      tree.add({ stream: 'rental-1', revision, hash: '0'.repeat(64) });
      return tree.root().toString('hex');
    };
    expect(root(1)).not.toBe(root(2));
  });
});
