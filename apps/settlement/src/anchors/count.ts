/** Follows the store in its global order until it meets the beginning of a day's anchor, and says what that one covers. */

import { headHash } from '@tokenos/contracts/anchor/head-hash';
import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import type { Counted } from '@tokenos/domain/anchor/anchor';
import { HeadTree, type StreamHead } from '@tokenos/domain/anchor/tree';
import type { Day } from '@tokenos/domain/day';
import type { Recorded } from '@tokenos/runtime/event-store/envelope';
import type { Parts } from '../parts.js';
import type { Heads, Place } from './port.js';

/** Facts read, and heads hashed, at once. */
const BATCH = 1_000;
const PAGE = 5_000;

type Counting = Pick<Parts, 'heads' | 'store'>;

/**
 * Goes on where it, or another process, stopped; each batch is kept. Null where the store does not show the day's beginning
 * (yet). Every other anchor met on the way is counted too, so the order in which days are asked for does not matter.
 */
export async function count({ heads, store }: Counting, day: Day): Promise<Counted | null> {
  for (;;) {
    const counted = await heads.counted(day);
    if (counted !== null) return counted;
    const place = await heads.place();
    const batch = await store.readAll(place.position, BATCH);
    await take(heads, place, batch);
    if (batch.length === 0) return null;
  }
}

/**
 * Facts up to the next beginning in one step, then that one in a step of its own: before it, the heads are what it covers.
 * `from`: the place behind which the batch was read. Looked up again it could be further on, and facts would count twice.
 */
async function take(heads: Heads, from: Place, batch: readonly Recorded[]): Promise<void> {
  let place = from;
  let rest = batch;
  while (rest.length > 0) {
    const beginning = rest.findIndex(isBeginning);
    const before = beginning === -1 ? rest : rest.slice(0, beginning);
    if (before.length > 0) {
      const to = after(place, before);
      await heads.move(place, to, headsOf(before));
      place = to;
    }
    if (beginning === -1) return;
    const its = rest.slice(beginning, beginning + 1);
    const to = { ...after(place, its), day: dayOfAnchor(its) };
    await heads.move(place, to, headsOf(its), await countAt(heads, place, to.day));
    place = to;
    rest = rest.slice(beginning + 1);
  }
}

const isBeginning = ({ envelope: { stream, type } }: Recorded): boolean =>
  categoryOf(stream) === 'anchor' && type === 'AnchorBegun.v1';

const dayOfAnchor = ([first]: readonly Recorded[]): Day => idOf(first?.envelope.stream ?? '');

const after = ({ position, facts, day }: Place, read: readonly Recorded[]): Place => ({
  position: read.at(-1)?.position ?? position,
  facts: facts + read.length,
  day,
});

/** Of each stream the last. */
const headsOf = (read: readonly Recorded[]): readonly StreamHead[] => [
  ...new Map(
    read.map(({ envelope: { stream, revision, hash } }) => [stream, { stream, revision, hash }] as const),
  ).values(),
];

/** One page after the other, one hash per level of the tree: a million streams need no more memory than ten. */
async function countAt(heads: Heads, { position, facts, day: previousDay }: Place, day: Day): Promise<Counted> {
  if (position === null) throw new Error(`the anchor of ${day} is the first fact of all: it covers nothing`);
  const tree = new HeadTree(headHash);
  let page = await heads.page(null, PAGE);
  for (; page.length > 0; page = await heads.page(page.at(-1)?.stream ?? null, PAGE)) {
    for (const head of page) tree.add(head);
  }
  return { day, position, facts, streams: tree.leaves, root: tree.root().toString('hex'), previousDay };
}
