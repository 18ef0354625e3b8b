import { noting, type Finding, type Shown } from './finding.js';

function compared(expected: Shown, found: Shown): readonly Finding[] {
  const findings: Finding[] = [];
  noting(findings, 'rental-1', 0).compare('I1', 'the sum', expected, found);
  return findings;
}

describe('comparing', () => {
  it.each<[string, Shown, Shown]>([
    ['an amount and its digits', 5n, '5'],
    ['members in another order', { a: 1, b: [{ c: null, d: 'x' }] }, { b: [{ d: 'x', c: null }], a: 1 }],
    ['a number and its text', 5, '5'],
  ])('says nothing of %s', (_, expected, found) => {
    expect(compared(expected, found)).toEqual([]);
  });

  it.each<[string, Shown, Shown]>([
    ['a member more', { a: 1 }, { a: 1, b: 2 }],
    ['a member less', { a: 1, b: 2 }, { a: 1 }],
    ['a member under another name', { a: 1 }, { b: 1 }],
    ['another value deep inside', { a: [{ b: 1 }] }, { a: [{ b: 2 }] }],
    ['a list in another order', [1, 2], [2, 1]],
    ['a longer list', [1], [1, 2]],
    ['an empty list where an empty object is due', {}, []],
    ['nothing', {}, null],
    ['another amount', 5n, '6'],
  ])('notes %s, and shows both', (_, expected, found) => {
    expect(compared(expected, found)).toMatchObject([
      { code: 'I1', expected: expect.any(String), found: expect.any(String) },
    ]);
  });
});
