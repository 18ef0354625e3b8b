/** What the check of anchors came to, in words for a person. */

import type { AnchorLine, AnchorReport } from '@tokenos/audit/anchors/against';
import { inWords } from '../report.js';

export function inWordsOfAnchors({ findings, anchors, facts, uncovered, missedDays }: AnchorReport): string {
  const first = anchors.find(({ agrees }) => !agrees);
  const right = anchors.filter(({ agrees }) => agrees).at(-1);
  return [
    ...anchors.map(line),
    '',
    right === undefined
      ? 'No anchor agrees: nothing here is known to be as it was.'
      : `Up to the anchor of ${right.day}, ${right.facts} facts are as they were anchored.`,
    `${uncovered} of ${facts} facts come after it: no anchor vouches for them yet.`,
    ...(first === undefined ? [] : [`The first that disagrees is that of ${first.day}.`]),
    ...(missedDays.length === 0 ? [] : [`Days without an anchor: ${missedDays.join(', ')}.`]),
    '',
    inWords(findings),
  ].join('\n');
}

const line = ({ day, facts, streams, root, agrees, sources }: AnchorLine): string =>
  `${day}  ${agrees ? 'agrees   ' : 'DISAGREES'}  ${facts} facts on ${streams} streams, root ${root.slice(0, 16)}...  (${sources.join(', ')})`;
