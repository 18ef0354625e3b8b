/** `audit proof`: whether a proof of inclusion holds, and whether its root is one that was published. */

import { holds, inclusionProof } from '@tokenos/audit/anchors/proof';
import type { Command } from 'commander';
import { readFile } from 'node:fs/promises';
import { keptIn } from './anchors/kept-file.js';
import { give, type Answer } from './answer.js';
import { BadInput, EXIT } from './exit.js';

const EXAMPLES = `
Exit code: 0 it holds, 1 it does not, 2 bad input.

Examples:
  $ audit anchor export.ndjson --proof rental-0193c4d5-... > proof.json
  $ audit proof proof.json --anchors memos-i-copied.txt
`;

export function addProof(program: Command): void {
  program
    .command('proof')
    .description("check that a stream's head is under a day's root, without the export")
    .argument('<file>', 'what audit anchor --proof printed')
    .option('--json', 'print one JSON object instead of text', false)
    .option('--anchors <file>', 'memos of anchors kept elsewhere: the root must be one of them')
    .addHelpText('after', EXAMPLES)
    .action((file: string, { json, anchors }: { json: boolean; anchors?: string }) =>
      give(() => proof(file, anchors), { json }),
    );
}

/** Throws BadInput for what is no proof. */
export async function proof(file: string, anchors?: string): Promise<Answer> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new BadInput(`${file} cannot be read`);
  });
  const read = inclusionProof.safeParse(jsonOf(text));
  if (!read.success) throw new BadInput(`${file} is no proof of inclusion`);
  const { day, root, stream, revision, hash } = read.data;
  const kept = anchors === undefined ? null : await keptIn(anchors);
  const published = kept?.some((one) => one.day === day && one.root === root) ?? null;
  const right = holds(read.data);
  const answer = { holds: right, published, day, root, stream, revision, hash };
  const words = [
    `${stream} at revision ${revision}, hash ${hash},`,
    right ? `is under the root ${root}.` : `is not under the root ${root}: this proof does not hold.`,
    published === null
      ? `Whether that is the root of ${day}, the memo on the chain says.`
      : `That is ${published ? '' : 'NOT '}the root that was kept for ${day}.`,
  ];
  const isGood = right && published !== false;
  return { exitCode: isGood ? EXIT.clean : EXIT.findings, text: `${words.join('\n')}\n`, json: answer };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
