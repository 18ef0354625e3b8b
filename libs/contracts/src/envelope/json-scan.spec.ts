/** Looking over text, against a parser and a writer of canonical JSON. */

import fc from 'fast-check';
import { canonical } from './canonical.js';
import { canonicalEnd, UNSURE } from './json-scan.js';

const anyJson = fc.jsonValue({ stringUnit: 'binary', maxDepth: 4 });
const plainText = fc.stringMatching(/^[a-z]{0,3}[ !#-[\]-~\u00a0-\u07ff\u2000-\ud7ff]{0,4}$/);
const plainJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    ...[plainText, fc.integer(), fc.boolean(), fc.constant(null)],
    ...[fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(plainText, tie('value'), { maxKeys: 5 })],
  ),
})).value;

const behind = fc.constantFrom('', '}', ',"b":1}', ']', ' ', '\n');

const PUT = Array.from('"\\{}[]:,019-.eE ax\n\u0000é');

describe('looking over JSON text', () => {
  it('finds the end of what is plain and canonical, whatever comes behind it', () => {
    fc.assert(
      fc.property(plainJson, behind, (value, rest) => {
        const text = canonical(value);
        // A number goes on with whatever could belong to it.
        expect(canonicalEnd(`[${text}${rest}`, 1)).toBe(text.length + 1);
      }),
      { numRuns: 500 },
    );
  });

  it('is unsure rather than wrong, of any text that a parser takes', () => {
    fc.assert(
      fc.property(anyJson, fc.constantFrom(undefined, 1), (value, indent) => {
        // In a list, because a number alone could go on.
        const text = JSON.stringify([value], null, indent);
        const end = canonicalEnd(text, 0);
        if (end !== UNSURE) expect([text, end]).toEqual([canonical(JSON.parse(text)), text.length]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('is unsure of text in which anything was changed, unless what comes out is canonical JSON as well', () => {
    const text = canonical({ a: [1, 'x', { b: null, c: '-' }], d: { e: true, f: 120, g: {}, h: [] } });
    fc.assert(
      fc.property(fc.nat(text.length), fc.nat(2), fc.constantFrom(...PUT), (at, gone, put) => {
        const changed = text.slice(0, at) + put + text.slice(at + gone);
        const end = canonicalEnd(changed, 0);
        if (end !== UNSURE) expect(canonical(JSON.parse(changed.slice(0, end)))).toBe(changed.slice(0, end));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['members out of order', '{"b":1,"a":1}'],
    ['a member twice', '{"a":1,"a":2}'],
    ['a longer name before a shorter one that begins alike', '{"ab":1,"a":1}'],
    ['white space', '{"a": 1}'],
    ['an escaped character', '"\\u0041"'],
    ['a control character', '"\u0001"'],
    ['half a surrogate pair', '"\ud83d"'],
    ['a number with a leading zero', '01'],
    ['minus zero', '-0'],
    ['more digits than a float holds', '12345678901234567'],
    ['text that breaks off', '{"a":"b'],
    ['a list that breaks off', '[1,'],
    ['a word that is none', 'nul'],
    ['nothing', ''],
    ['more brackets than any fact has', '['.repeat(100) + ']'.repeat(100)],
  ])('is unsure of %s', (_, text) => {
    expect(canonicalEnd(text, 0)).toBe(UNSURE);
  });

  it('leaves a fraction or an exponent to be found by whoever goes on', () => {
    expect(canonicalEnd('1.5', 0)).toBe(1);
    expect(canonicalEnd('[1.5]', 0)).toBe(UNSURE);
    expect(canonicalEnd('{"a":1e3}', 0)).toBe(UNSURE);
  });
});
