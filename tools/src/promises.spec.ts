/** docs/promises.md: every promise names a test that is there, or says "not yet" and why. */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..', '..');
const page = readFileSync(join(root, 'docs/promises.md'), 'utf8');

/** Rows of the tables: what is promised, and what shows it. */
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| “'))
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .map(([, promise = '', shown = '']) => ({ promise, shown }));

/** "[name](../path)": a test, by its file and by words of its name. */
const testsOf = (shown: string) =>
  [...shown.matchAll(/\[([^\]]+)\]\(\.\.\/([^)]+\.spec\.ts)\)/g)].map(([, name = '', path = '']) => ({ name, path }));

describe('the promises of the landing page', () => {
  it('are all here', () => {
    expect(rows.length).toBeGreaterThan(35);
    expect(new Set(rows.map(({ promise }) => promise)).size).toBe(rows.length);
  });

  it.each(rows)('$promise', ({ shown }) => {
    const tests = testsOf(shown);
    if (tests.length === 0) expect(shown).toMatch(/^\*\*not yet\*\*: .{20,}/);
    for (const { name, path } of tests) {
      expect({ path, there: existsSync(join(root, path)) }).toEqual({ path, there: true });
      const source = readFileSync(join(root, path), 'utf8').replaceAll("\\'", "'");
      expect({ path, name, there: source.includes(name) }).toEqual({ path, name, there: true });
    }
  });
});
