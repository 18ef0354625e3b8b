/** The repository's own files as git sees them, with the text of those that people write. */

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface SourceFile {
  /** From the repository's root, as in `libs/domain/src/money.ts`. */
  readonly path: string;
  readonly text: string;
  readonly lines: number;
}

/** Committed or about to be: untracked files that git does not ignore are included, deleted ones are not. */
export function repositoryFiles(): readonly SourceFile[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard'], { encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((path) => path !== '' && existsSync(path))
    .map((path) => {
      const text = readFileSync(path, 'utf8');
      return { path, text, lines: text.split('\n').length - 1 };
    });
}

export const isSpec = ({ path }: SourceFile): boolean => path.endsWith('.spec.ts');
export const isCode = ({ path }: SourceFile): boolean => /\.(ts|js|mjs)$/.test(path);
/** What runs in earnest: neither a test nor a tool's configuration at the root. */
export const isSource = (file: SourceFile): boolean =>
  isCode(file) && !isSpec(file) && /^(apps|libs|tools)\//.test(file.path);
