/** The services as they are started: bundled from what tsc built, and bundled anew when anything that went into them has changed. */

import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { bundleServices, type ServicesBundle } from './bundle-services.js';
import type { ServiceName } from './services.js';

/** From the repository's root, as are the inputs. */
const SHELF = 'tools/dist/services';
const MADE_FROM = 'made-from.json';
/** Decides which package an import finds. */
const LOCK_FILE = 'package-lock.json';
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** `inputs`: file -> when it was last written and its length; null where that is not what was bundled. */
const label = z.strictObject({ folder: z.string(), inputs: z.record(z.string(), z.string().nullable()) });
type Label = z.infer<typeof label>;

/** `root`: the repository, built. Resolves with the script of each service, from there. Several processes may ask at once. */
export async function bundledServices(
  root: string,
  bundle: typeof bundleServices = bundleServices,
): Promise<(service: ServiceName) => string> {
  const folder = (await lastMade(root)) ?? (await make(root, bundle));
  return (service) => `${SHELF}/${folder}/${service}.js`;
}

async function lastMade(root: string): Promise<string | null> {
  const text = await readFile(join(root, SHELF, MADE_FROM), 'utf8').catch(() => null);
  if (text === null) return null;
  const { folder, inputs } = label.parse(JSON.parse(text));
  const states = await statesOf(root, Object.keys(inputs));
  return Object.entries(inputs).every(([path, state]) => state !== null && states[path] === state) ? folder : null;
}

/** The new version lies beside the old ones: a platform that runs may start a service from one of those once more. */
async function make(root: string, bundle: typeof bundleServices): Promise<string> {
  const shelf = join(root, SHELF);
  await mkdir(shelf, { recursive: true });
  const workshop = await mkdtemp(join(shelf, 'making-'));
  try {
    const begunAt = Date.now();
    const { inputs, files } = await bundle(root, workshop);
    const folder = digestOf(files);
    for (const { path, contents } of files) await writeFile(path, contents);
    await putOnShelf(workshop, join(shelf, folder));
    const states = await statesOf(root, [...inputs, LOCK_FILE], begunAt);
    await writeFile(`${workshop}.json`, JSON.stringify({ folder, inputs: states } satisfies Label));
    await rename(`${workshop}.json`, join(shelf, MADE_FROM));
    await clear(shelf, folder);
    return folder;
  } finally {
    await rm(workshop, { recursive: true, force: true });
  }
}

/** `since`: what was written after it may have been read before. */
async function statesOf(root: string, paths: readonly string[], since = Infinity): Promise<Label['inputs']> {
  const states = paths.map(async (path) => {
    const file = await stat(join(root, path)).catch(() => null);
    const state = file === null || file.mtimeMs >= since ? null : `${file.mtimeMs} ${file.size}`;
    return [path, state] as const;
  });
  return Object.fromEntries(await Promise.all(states));
}

function digestOf(files: ServicesBundle['files']): string {
  const digest = createHash('sha256');
  for (const { path, hash } of files) digest.update(`${basename(path)} ${hash}\n`);
  return digest.digest('hex').slice(0, 16);
}

/** Whoever comes second has made the same. */
async function putOnShelf(workshop: string, place: string): Promise<void> {
  try {
    await rename(workshop, place);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error;
  }
}

async function clear(shelf: string, kept: string): Promise<void> {
  for (const name of await readdir(shelf)) {
    const place = join(shelf, name);
    const file = await stat(place).catch(() => null);
    if (name === kept || name === MADE_FROM || file === null || Date.now() - file.mtimeMs < KEPT_MS) continue;
    await rm(place, { recursive: true, force: true });
  }
}
