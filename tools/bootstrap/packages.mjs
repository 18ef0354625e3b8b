/** Installs the npm packages exactly as locked, and only when the lock file has changed since the last time. */
import { createHash } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Stop, step } from './step.mjs';

/**
 * No package runs code while it is installed: none of ours needs to, native add-ons that would compile are optional, and
 * a fresh machine has no compiler.
 */
const FLAGS = [
  '--ignore-scripts',
  '--include=dev',
  '--include=optional',
  '--no-audit',
  '--no-fund',
  '--loglevel=error',
];

export async function installPackages(root) {
  const lock = join(root, 'package-lock.json');
  const stamp = join(root, 'node_modules', '.installed-lock');
  const wanted = createHash('sha256').update(readFileSync(lock)).digest('hex');
  if (readOr(stamp, '') === wanted) return;
  if (!installedByHand(root, lock)) {
    // npm tells its scripts where it lives, which spares looking for it.
    const npm = process.env.npm_execpath;
    const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
    const ok = await step('install npm packages, about a minute', command, [...first, 'ci', ...FLAGS]);
    if (!ok) throw new Stop('npm could not install the packages; its words are above.', 1);
  }
  writeFileSync(stamp, wanted);
}

/** npm writes its own record after an installation: one that is newer than the lock file came from `npm install` or `npm ci`. */
function installedByHand(root, lock) {
  try {
    return statSync(join(root, 'node_modules', '.package-lock.json')).mtimeMs >= statSync(lock).mtimeMs;
  } catch {
    return false;
  }
}

function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
