import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { littleHistory } from '@tokenos/testing/wire/little-history';

const folder = join(__dirname, '../../../docs/rules');

/** The lines of every block marked `checked`: `expression = number`. */
const examples = readdirSync(folder).flatMap((page) =>
  [...readFileSync(join(folder, page), 'utf8').matchAll(/```checked\n([\s\S]*?)```/g)].flatMap(([, block]) =>
    block!
      .trim()
      .split('\n')
      .map((line): [string, string] => [page, line]),
  ),
);

/** Whole numbers, `x`, `+`, `-`, and `floor(a / b)` around the whole. */
function value(expression: string): bigint {
  const quotient = /^floor\((.+) \/ (.+)\)$/.exec(expression);
  if (quotient !== null) return value(quotient[1]!) / value(quotient[2]!);
  const terms = expression.replaceAll(' - ', ' + -').split(' + ');
  return terms.reduce((sum, term) => sum + term.split(' x ').reduce((product, n) => product * BigInt(n), 1n), 0n);
}

describe('the examples in docs/rules', () => {
  it.each(examples)('%s: %s', (_page, line) => {
    const [expression, result] = line.split(' = ');
    expect(value(expression!)).toBe(BigInt(result!));
  });

  it('are the history that the auditor is tested with', () => {
    const facts = JSON.stringify(littleHistory);
    for (const amount of [
      '6001234',
      '194666',
      '9733',
      '184933',
      '5805334',
      '5806568',
      '6001224',
      '777',
      '23373',
      '22575',
    ]) {
      expect(facts).toMatch(new RegExp(`"?${amount}"?[,}]`));
    }
  });

  it('stand on every page of numbers', () => {
    const pages = new Set(examples.map(([page]) => page));
    expect(readdirSync(folder).filter((page) => !pages.has(page))).toEqual(['invariants.md']);
  });
});
