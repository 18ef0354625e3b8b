/** Two opinions on an anchor: the platform's tree, grown leaf by leaf, and the auditor's, by the recursive definition. */

import { rootOf, type Head } from '@tokenos/audit/anchors/tree';
import { headHash } from '@tokenos/contracts/anchor/head-hash';
import { byCodePoint, HeadTree } from '@tokenos/domain/anchor/tree';
import fc from 'fast-check';

const anyHeads: fc.Arbitrary<Head[]> = fc.uniqueArray(
  fc.record({
    stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
    revision: fc.nat(),
    hash: fc.nat().map((n) => n.toString(16).padStart(64, '0')),
  }),
  { selector: ({ stream }) => stream, maxLength: 70 },
);

it('the platform and the auditor agree on the root over any heads, in whatever order the auditor hears of them', () => {
  fc.assert(
    fc.property(anyHeads, (heads) => {
      const tree = new HeadTree(headHash);
      for (const head of [...heads].sort((a, b) => byCodePoint(a.stream, b.stream))) tree.add(head);
      expect(rootOf(heads)).toEqual({ root: tree.root().toString('hex'), streams: tree.leaves });
    }),
  );
});
