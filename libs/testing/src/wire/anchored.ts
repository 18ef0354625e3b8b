/** A history that is anchored: the day's anchor after everything that was there, as settlement would write it. */

import { headHash } from '@tokenos/contracts/anchor/head-hash';
import { ANCHOR, memoOf } from '@tokenos/domain/anchor/anchor';
import { byCodePoint, HeadTree } from '@tokenos/domain/anchor/tree';
import { addDays, dayStart } from '@tokenos/domain/day';
import { sealed, type Entry } from './entries.js';
import { address, signature } from './names.js';

/** `previousDay`: that of the anchor before it, where there is one. Positions are counted from 1. */
export function anchored(entries: readonly Entry[], day: string, previousDay: string | null = null): Entry[] {
  const heads = new Map(sealed(entries).map((envelope) => [envelope.stream, envelope] as const));
  const tree = new HeadTree(headHash);
  for (const head of [...heads.values()].sort((a, b) => byCodePoint(a.stream, b.stream))) tree.add(head);
  const [facts, streams, root] = [entries.length, heads.size, tree.root().toString('hex')];
  const planned = { day, rules: ANCHOR, position: `${facts}`, facts, streams, root, previousDay };
  const whole = { ...planned, memo: memoOf(planned) };
  const out = { treasury: address('treasury'), signature: signature(`memo${day.slice(-2).replaceAll('0', 'z')}`) };
  const chain = { genesisHash: address('genesis') };
  const at = new Date(dayStart(addDays(day, 1)) + 60_000).toISOString();
  const fact = (type: string, data: Entry['data']): Entry => ({
    ...{ stream: `anchor-${day}`, type: `${type}.v1`, at, by: 'settlement', data },
  });
  return [
    ...entries,
    fact('AnchorBegun', { day, rules: ANCHOR }),
    fact('AnchorPlanned', whole),
    fact('AnchorSigned', { ...out, ...chain, bytes: 'AQID', lastValidBlockHeight: 500 }),
    fact('AnchorPublished', { ...whole, ...out, ...chain, slot: 77, blockTime: at }),
  ];
}
