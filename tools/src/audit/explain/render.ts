/** An explanation as text: each line with the revision it stands on, its time and its rule; what is wrong stands right below. */

import type { Finding } from '@tokenos/audit/finding';
import type { Explanation, Line } from './said.js';
import { many, when } from './words.js';

export function asText({ rental, sections, findings }: Explanation): string {
  const isBelow = new Set<Finding>();
  const told = sections.flatMap(({ title, lines }) => {
    const rows = lines.flatMap((line, index) => {
      const next = lines[index + 1];
      const isLast = next === undefined || next.revisions !== line.revisions;
      const wrong = isLast ? findings.filter((finding) => !isBelow.has(finding) && concerns(finding, line)) : [];
      for (const finding of wrong) isBelow.add(finding);
      return [rowOf(line, rental), ...wrong.flatMap(wrongLines)];
    });
    return [title, ...rows, ''];
  });
  const others = findings.filter((finding) => !isBelow.has(finding));
  return [
    rental,
    '',
    ...told,
    ...others.flatMap(wrongLines),
    findings.length === 0
      ? 'Every number was computed again from these facts, and agrees.'
      : `${many(findings.length, 'number')} or fact${findings.length === 1 ? '' : 's'} above should be otherwise.`,
    '',
  ].join('\n');
}

const concerns = ({ stream, revision }: Finding, line: Line): boolean =>
  stream === line.stream && revision !== null && line.revisions[0] <= revision && revision <= line.revisions[1];

function rowOf({ stream, revisions: [first, last], at, rule, says }: Line, rental: string): string {
  const revision = `@${first === last ? first : `${first}-${last}`}`;
  const place = stream === rental ? revision : `payment ${revision}`;
  return `  ${place.padEnd(12)}${when(at)}  ${(rule ?? '').padEnd(13)} ${says}`;
}

function wrongLines({ code, message, expected, found }: Finding): readonly string[] {
  const compared = expected === undefined ? '' : `; it should be ${expected}, and is ${found ?? ''}`;
  return [`  WRONG       ${code}: ${message}${compared}`];
}
