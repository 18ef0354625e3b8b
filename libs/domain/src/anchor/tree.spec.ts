/** The tree's shape, drawn with brackets, and the order of its leaves. */

import { golden } from '@tokenos/testing/generators/golden';
import { byCodePoint, HeadTree, type TreeHash } from './tree.js';

const drawn: TreeHash<string> = {
  leaf: ({ stream, revision }) => `${stream}${revision}`,
  node: (left, right) => `(${left} ${right})`,
  empty: () => 'nothing',
};

function drawing(streams: string): string {
  const tree = new HeadTree(drawn);
  [...streams].forEach((stream, revision) => tree.add({ stream, revision, hash: '' }));
  expect(tree.leaves).toBe(streams.length);
  return tree.root();
}

describe('the tree of heads', () => {
  it.each([
    ['', 'nothing'],
    ['a', 'a0'],
    ['ab', '(a0 b1)'],
    ['abc', '((a0 b1) c2)'],
    ['abcd', '((a0 b1) (c2 d3))'],
    ['abcde', '(((a0 b1) (c2 d3)) e4)'],
    ['abcdef', '(((a0 b1) (c2 d3)) (e4 f5))'],
    ['abcdefg', '(((a0 b1) (c2 d3)) ((e4 f5) g6))'],
  ])('of %j is %s', (streams, shape) => {
    expect(drawing(streams)).toBe(shape);
  });

  it('can be asked before its end, and goes on', () => {
    const tree = new HeadTree(drawn);
    tree.add({ stream: 'a', revision: 0, hash: '' });
    expect(tree.root()).toBe('a0');
    tree.add({ stream: 'b', revision: 1, hash: '' });
    expect(tree.root()).toBe('(a0 b1)');
  });

  it.each([['ba'], ['aa'], ['\u{1F600}～']])('refuses leaves out of order or twice: %s', (streams) => {
    expect(() => drawing(streams)).toThrow(RangeError);
  });

  it('has its leaves in the order of their bytes', () => {
    const { order } = golden('domain/golden/anchor.json') as { readonly order: readonly string[] };
    expect([...order].reverse().sort(byCodePoint)).toEqual(order);
    // UTF-16 would have it otherwise.
    expect([...order].sort()).not.toEqual(order);
  });
});
