/** Compiles what changed since the last build; TypeScript's build info makes that a second or two when nothing did. */
import { join } from 'node:path';
import { step } from './step.mjs';

/** @returns {Promise<boolean>} whether everything type-checks */
export function build(root) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  return step('build', process.execPath, [tsc, '-b', '--pretty', 'false'], { quietUnder: 3000 });
}
