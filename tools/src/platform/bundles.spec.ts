import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { bundleServices } from './bundle-services.js';
import { bundledServices } from './bundles.js';

const SHELF = 'tools/dist/services';
let root: string;
let made: number;

/** One service, made of two files. */
const bundle: typeof bundleServices = async (from, outdir) => {
  made += 1;
  const inputs = ['main.js', 'part.js'];
  const texts = await Promise.all(inputs.map((name) => readFile(join(from, name), 'utf8')));
  const contents = Buffer.from(texts.join(''));
  const hash = createHash('sha256').update(contents).digest('hex');
  return { inputs, files: [{ path: join(outdir, 'outbox.js'), contents, hash }] };
};

/** Long ago: a file written during the bundling counts as changed. */
const write = async (name: string, text: string, secondsAgo = 60): Promise<void> => {
  await writeFile(join(root, name), text);
  const at = Date.now() / 1_000 - secondsAgo;
  await utimes(join(root, name), at, at);
};

const outbox = async (): Promise<string> => (await bundledServices(root, bundle))('outbox');
const textOf = (script: string): Promise<string> => readFile(join(root, script), 'utf8');

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'tokenos-bundles-'));
  made = 0;
  await write('main.js', 'main;');
  await write('part.js', 'part;');
  await write('package-lock.json', '{}');
});

afterEach(() => rm(root, { recursive: true, force: true }));

it('bundles once, and takes that as long as nothing that went into it has changed', async () => {
  const first = await outbox();
  expect(await textOf(first)).toBe('main;part;');
  expect(await outbox()).toBe(first);
  expect(made).toBe(1);
});

it.each([
  ['a file that went into it', () => write('part.js', 'party', 59)],
  ['the time of such a file alone', () => write('part.js', 'part;', 59)],
  ['the versions of packages', () => write('package-lock.json', '{ }')],
])('bundles anew when it finds changed %s', async (_, change) => {
  await outbox();
  await change();
  expect(await textOf(await outbox())).toBe(`main;${await readFile(join(root, 'part.js'), 'utf8')}`);
  expect(made).toBe(2);
});

it('fails as the bundling fails when a file is gone, and leaves nothing half made', async () => {
  await outbox();
  await rm(join(root, 'part.js'));
  await expect(outbox()).rejects.toThrow('ENOENT');
  expect((await readdir(join(root, SHELF))).filter((name) => name.startsWith('making-'))).toEqual([]);
});

it('does not trust what was written while it bundled', async () => {
  await write('part.js', 'part;', -60);
  await outbox();
  await outbox();
  expect(made).toBe(2);
  await rm(join(root, 'part.js'));
  await expect(outbox()).rejects.toThrow('ENOENT');
});

it('gives two who ask at once the same, whole', async () => {
  const scripts = await Promise.all([outbox(), outbox(), outbox()]);
  expect(new Set(scripts).size).toBe(1);
  expect(await textOf(scripts[0] ?? '')).toBe('main;part;');
});

it('keeps the bundle of before for a platform that still runs, for a day', async () => {
  const before = await outbox();
  const old = join(root, SHELF, 'of-last-week');
  await mkdir(old);
  await utimes(old, 1_000, 1_000);
  await write('part.js', 'other', 59);
  const after = await outbox();
  expect([await textOf(before), await textOf(after)]).toEqual(['main;part;', 'main;other']);
  expect(await readdir(join(root, SHELF))).not.toContain('of-last-week');
});
