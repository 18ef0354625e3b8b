/** docs/tampering.md: what was done, and as what it was found. */

import { CODES } from '@tokenos/audit/finding';
import { streamNamed } from '@tokenos/simulation/transcript/names';
import type { Tampering } from './tampering.js';
import { untold } from './untold.js';
import type { Forged } from './witnesses.js';

export function tableOf(groups: Readonly<Record<string, readonly Tampering[]>>, forged: readonly Forged[]): string {
  const all = Object.values(groups).flat();
  const codes = [...new Set([...all.map(({ by }) => by), 'minutes@1' as const])];
  return [
    '# What happens to an export that somebody has tampered with',
    '',
    'One true history of nine rentals over three days (`tools/src/audit/tampering/market.ts`; the real services make it, in the simulation) is tampered with in',
    `${all.length + forged.length} ways. Each is done twice: **as it is**, and **sealed again**, with every later hash of its streams made anew, so that no hash tells and only a rule can.`,
    'Each time the file goes through `audit verify`, and the finding names the rule and the stream. `tools/src/audit/tampering/tampering.spec.ts` does all this at every',
    'test run, and fails where this table is not what it did.',
    '',
    ...untold,
    '',
    ...Object.entries(groups).flatMap(([name, tamperings]) => [`## ${name}`, '', ...rowsOf(tamperings), '']),
    '## The evidence behind minutes',
    '',
    'Of a rental whose machine dies. As it is, the fact names another hash; sealed again, the fact names what was forged.',
    '',
    ...aligned([
      ['what was done', 'as it is', 'sealed again', 'named'],
      ...forged.map(({ what, asItIs = 'minutes@1' }) => [what, asItIs, 'minutes@1', 'rental 1']),
    ]),
    '',
    '## The codes',
    '',
    ...aligned([['code', 'what it says'], ...codes.map((code) => [`\`${code}\``, CODES[code]])]),
    '',
  ].join('\n');
}

const rowsOf = (tamperings: readonly Tampering[]): readonly string[] =>
  aligned([
    ['what was done', 'as it is', 'sealed again', 'named'],
    ...tamperings.map(({ what, by, asItIs = 'I10', on }) => [what, asItIs, by, streamNamed(on)]),
  ]);

/** A Markdown table as prettier leaves it. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...body] = rows;
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)];
}
