import { packageOf, reachable, specifiers } from './imports.js';

const file = (path: string, text = ''): { path: string; text: string; lines: number } => ({ path, text, lines: 1 });

describe('who uses whom', () => {
  it('sees every way to import', () => {
    const text = "import 'a'; import type { X } from 'b'; export { y } from 'c'; await import('d'); require('e');";
    expect(specifiers(file('x.ts', text))).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('knows the package behind a specifier, and that ours and those of Node are none', () => {
    expect(['@a/b/c.js', 'd/e', '@tokenos/domain/money', 'node:fs', './x.js'].map(packageOf)).toEqual([
      '@a/b',
      'd',
      null,
      null,
      null,
    ]);
  });

  it('follows imports within a package and across packages, and the built files that are started', () => {
    const main = file('apps/a/src/main.ts', "import './near.js'; import '@tokenos/b/far'; run('inside/child.js');");
    const files = [
      main,
      file('apps/a/src/near.ts'),
      file('libs/b/src/far.ts', "import './deeper.js'"),
      file('libs/b/src/deeper.ts'),
      file('apps/a/src/inside/child.ts'),
      file('apps/a/src/forgotten.ts'),
    ];
    const dead = files.map(({ path }) => path).filter((path) => !reachable([main], files).has(path));
    expect(dead).toEqual(['apps/a/src/forgotten.ts']);
  });
});
