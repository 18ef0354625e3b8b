import { bans, caught } from './bans.js';

const caughtIn = (path: string, text: string): readonly string[] =>
  bans.flatMap((ban) => caught(ban, [{ path, text, lines: 1 }])).map((line) => line.replace(/:.*? has /, ' has '));

describe('the bans', () => {
  it.each([
    ['a.spec.ts', "it.only('x', f)", 'a test that keeps the others from running'],
    ['a.spec.ts', "describe.skip('x', f)", 'a test that does not run'],
    ['README.md', 'TODO: more', 'a note to self'],
    ['a.ts', 'const x = y as any;', 'a cast to any'],
    ['a.ts', '// @ts-ignore', 'a silenced compiler'],
    ['a.ts', 'export class RentalManager {}', 'a name that says nothing'],
    ['a.ts', 'type DateUtils = number;', 'a name that says nothing'],
    ['a.ts', '  // const x = y();', 'code in a comment'],
    ['docs/a.md', 'see https://registry.npmjs.org/x', "a package registry's address"],
    ['package-lock.json', '"resolved": "https://somewhere/x.tgz"', "a package registry's address"],
    ['a.ts', "const home = '/root/project';", "a path on somebody's machine"],
    ['a.md', '<<<<<<< HEAD\n', 'a conflict left by a merge'],
  ])('catch, in %s, %s', (path, text, what) => {
    expect(caughtIn(path, text)).toEqual([expect.stringContaining(`${path} has ${what}`)]);
  });

  it.each([
    ['a.spec.ts', "it('takes the only one', f); store.skip(3);"],
    ['a.ts', "import { type JetStreamManager } from '@nats-io/jetstream';"],
    ['a.ts', "import { Injectable } from '@nestjs/common';"],
    ['a.ts', '// Return what is left; the rest is kept.'],
    ['package-lock.json', '"resolved": "libs/domain"'],
    ['a.ts', "app.get('/work-orders');"],
  ])('let pass, in %s, %s', (path, text) => {
    expect(caughtIn(path, text)).toEqual([]);
  });

  it('name the line', () => {
    const files = [{ path: 'a.ts', text: 'ok\nok\nconst x = y as any;\n', lines: 3 }];
    expect(bans.flatMap((ban) => caught(ban, files))).toEqual(['a.ts:3 has a cast to any: take unknown and narrow it']);
  });
});
