import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Test {
  readonly path: string;
  readonly context: object;
}

const root = process.cwd();
const LongestFirst = createRequire(join(root, 'jest.config.js'))('./jest/longest-first.cjs') as {
  new (options: object): { sort(tests: readonly Test[]): readonly Test[] };
  readonly LONG: readonly string[];
};

it('knows only specs that there are', () => {
  expect(LongestFirst.LONG.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

it('begins with the longest, where Jest would begin with the largest', () => {
  const [longest = '', longer = ''] = LongestFirst.LONG;
  const sizes: Readonly<Record<string, number>> = { 'a.spec.ts': 10, 'b.spec.ts': 20, [longer]: 2, [longest]: 1 };
  const config = { id: 'longest-first', cacheDirectory: tmpdir() };
  const hasteFS = { getSize: (path: string) => sizes[path.slice(root.length + 1)] };
  const tests = Object.keys(sizes).map((path) => ({ path: join(root, path), context: { config, hasteFS } }));
  const sorted = new LongestFirst({ contexts: [], globalConfig: {} }).sort(tests);
  expect(sorted.map(({ path }) => path.slice(root.length + 1))).toEqual([longest, longer, 'b.spec.ts', 'a.spec.ts']);
});
