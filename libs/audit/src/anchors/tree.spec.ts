/** The auditor's tree against roots from elsewhere, and its proofs. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { holds, prove } from './proof.js';
import { rootOf, type Head } from './tree.js';

type Triple = readonly [stream: string, revision: number, hash: string];

const { cases } = golden('domain/golden/anchor.json') as {
  readonly cases: readonly { readonly heads: readonly Triple[]; readonly root: string }[];
};

const anyHeads: fc.Arbitrary<Head[]> = fc.uniqueArray(
  fc.record({
    stream: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
    revision: fc.nat(),
    hash: fc.nat().map((n) => n.toString(16).padStart(64, '0')),
  }),
  { selector: ({ stream }) => stream, minLength: 1, maxLength: 70 },
);

describe("the auditor's root over all heads", () => {
  it.each(cases)('of $heads.length streams is what it was elsewhere', ({ heads, root }) => {
    const told = heads.map(([stream, revision, hash]) => ({ stream, revision, hash }));
    expect(rootOf(told)).toEqual({ root, streams: heads.length });
  });
});

describe('a proof that a stream is under a root', () => {
  it('holds for every stream there is, and for none other', () => {
    fc.assert(
      fc.property(anyHeads, (heads) => {
        const { root } = rootOf(heads);
        for (const { stream } of heads) {
          const proof = prove(heads, '2026-11-23', stream);
          expect(proof).toMatchObject({ root, stream, streams: heads.length });
          expect(proof !== null && holds(proof)).toBe(true);
        }
        expect(prove(heads, '2026-11-23', 'none of these')).toBeNull();
      }),
      { numRuns: 20 },
    );
  });

  it('holds no more once anything in it is another', () => {
    const heads = ['a-1', 'a-2', 'a-3', 'a-4', 'a-5'].map((stream) => ({ stream, revision: 3, hash: 'b'.repeat(64) }));
    const proof = prove(heads, '2026-11-23', 'a-3')!;
    expect(holds(proof)).toBe(true);
    const wrong = 'c'.repeat(64);
    const changes = [
      { root: wrong },
      { stream: 'a-9' },
      { revision: 4 },
      { hash: wrong },
      { index: 1 },
      { index: 7 },
      { streams: 3 },
      { path: proof.path.slice(1) },
      { path: [...proof.path, wrong] },
      { path: [...proof.path].reverse() },
    ];
    for (const change of changes)
      expect({ change, holds: holds({ ...proof, ...change }) }).toEqual({ change, holds: false });
  });
});
