import canonicalize from 'canonicalize';
import fc from 'fast-check';
import { canonical } from './canonical.js';

describe('canonical JSON', () => {
  it('is what the package writes, for anything that JSON can hold', () => {
    const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });
    fc.assert(
      fc.property(anyJson, (value) => {
        expect(canonical(value)).toBe(canonicalize(value));
      }),
      { numRuns: 1_000 },
    );
  });

  it('is the same whatever order the members were written in, and leaves out what is undefined', () => {
    expect(canonical({ b: 1, a: [true, null, 'x"\\\n€'], c: undefined, '€': {}, '\ud83d\ude00': -0 })).toBe(
      '{"a":[true,null,"x\\"\\\\\\n€"],"b":1,"€":{},"😀":0}',
    );
    expect(canonical([undefined, new Date(0)])).toBe('[null,"1970-01-01T00:00:00.000Z"]');
  });

  it.each([
    ['undefined', undefined],
    ['a bigint', { amount: 1n }],
    ['half a surrogate pair', ['\ud83d']],
    ['no number', [NaN]],
    ['infinity', { at: Infinity }],
  ])('refuses %s', (_, value) => {
    expect(() => canonical(value)).toThrow();
  });
});
