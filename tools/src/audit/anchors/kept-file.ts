/** Anchors that somebody kept: any text with their memos in it, as an explorer, a node or the platform's own list shows them. */

import type { Kept } from '@tokenos/audit/anchors/against';
import { memosIn } from '@tokenos/audit/anchors/memo';
import { readFile } from 'node:fs/promises';
import { BadInput } from '../exit.js';

/** Throws BadInput where there is no file, or no anchor in it. */
export async function keptIn(path: string): Promise<readonly Kept[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new BadInput(`${path} cannot be read`);
  });
  const kept = memosIn(text).map((anchored) => ({ ...anchored, source: path }));
  if (kept.length === 0) throw new BadInput(`there is no memo of an anchor in ${path}`);
  return kept;
}
