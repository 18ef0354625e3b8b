/** anchor@1: each day's anchor, held against the heads of all streams as they stand where it begins in the export. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Here } from '../here.js';
import type { AnchorWire } from '../wire.js';
import { memoOf } from './memo.js';
import { rootOf, type Head } from './tree.js';

type AnchorData<Name extends string> = Extract<AnchorWire, { type: `${Name}.v1` }>['data'];
type Planned = AnchorData<'AnchorPlanned'>;
type Signed = AnchorData<'AnchorSigned'>;

/** What an export says of the facts before one place in it. */
export interface Before {
  readonly facts: number;
  /** Of the last of them; null where the export does not say. */
  readonly position: string | null;
  /** Nothing is said of what is missing: the export holds only some streams. */
  readonly partial: boolean;
}

interface Anchor {
  /** What it covers by the export's own facts; null in a part of an export. */
  readonly covers: Omit<Planned, 'rules' | 'memo' | 'position'> | null;
  readonly position: string | null;
  planned: Planned | null;
  signed: Signed | null;
  published: boolean;
}

const DAY_MS = 86_400_000;

export class Anchors {
  private readonly anchors = new Map<string, Anchor>();
  /** The last one that began. */
  private lastDay: string | null = null;

  /** `heads`: of every stream, as of the fact that is being looked at. */
  constructor(private readonly heads: () => Iterable<Head>) {}

  see(fact: AnchorWire, here: Here, before: Before): void {
    const { stream, note } = here;
    const anchor = this.anchors.get(stream);
    if (fact.type === 'AnchorBegun.v1') {
      if (anchor !== undefined) note('order', 'an anchor begins once');
      else this.anchors.set(stream, this.begin(fact.data, here, before));
    } else if (anchor === undefined) note('order', 'this anchor was not begun');
    else if (anchor.published) note('order', 'it is published already');
    else if (fact.type === 'AnchorPlanned.v1') plan(anchor, fact.data, here);
    else if (fact.type === 'AnchorSigned.v1') sign(anchor, fact.data, here);
    else follow(anchor, fact, here);
  }

  private begin({ day, rules }: AnchorData<'AnchorBegun'>, here: Here, before: Before): Anchor {
    const { stream, note, at } = here;
    note.compare('anchor@1', 'rules of the anchor', 'anchor@1', rules);
    note.compare('anchor@1', 'the day of its stream', idOf(stream), day);
    if (at < Date.parse(day) + DAY_MS) note('anchor@1', `${day} is anchored before it is over`);
    const previousDay = this.lastDay;
    if (previousDay !== null && day <= previousDay) note('anchor@1', `${day} is anchored after ${previousDay}`);
    this.lastDay = day;
    const covers = before.partial ? null : { day, facts: before.facts, previousDay, ...rootOf(this.headsBut(stream)) };
    return { covers, position: before.position, planned: null, signed: null, published: false };
  }

  /** Its own beginning comes after everything it covers. */
  private *headsBut(own: string): Iterable<Head> {
    for (const head of this.heads()) if (head.stream !== own) yield head;
  }
}

function plan(anchor: Anchor, planned: Planned, { note }: Here): void {
  if (anchor.planned !== null) note('order', 'it is counted already');
  anchor.planned = planned;
  const { covers, position } = anchor;
  const { rules, memo, position: saidPosition, ...said } = planned;
  note.compare('anchor@1', 'rules of the anchor', 'anchor@1', rules);
  note.compare('anchor@1', 'the memo says what is planned', memoOf(planned), memo);
  if (position !== null) note.compare('anchor@1', 'the last fact that it covers', position, saidPosition);
  if (covers !== null) note.compare('anchor@1', 'everything before its beginning', covers, said);
}

/** As of a plan: new bytes only when the ones before are dead. */
function sign(anchor: Anchor, signed: Signed, { note }: Here): void {
  if (anchor.planned === null) note('order', 'nothing is counted yet');
  if (anchor.signed !== null) note('anchor@1', 'signed again while the bytes before can still land, or have landed');
  anchor.signed = signed;
}

type News = Exclude<AnchorWire, { type: 'AnchorBegun.v1' | 'AnchorPlanned.v1' | 'AnchorSigned.v1' }>;

function follow(anchor: Anchor, { type, data }: News, { note }: Here): void {
  const { signed, planned } = anchor;
  if (signed === null || planned === null) {
    note('anchor@1', 'no signed bytes are out');
    return;
  }
  if (!note.compare('anchor@1', 'the bytes that are out', signed.signature, data.signature)) return;
  if (type === 'AnchorExpired.v1' && data.finalizedBlockHeight <= signed.lastValidBlockHeight) {
    note('anchor@1', 'its bytes could still land');
  }
  if (type !== 'AnchorPublished.v1') {
    anchor.signed = null;
    return;
  }
  anchor.published = true;
  const { slot: _slot, blockTime: _blockTime, ...said } = data;
  const { treasury, signature, genesisHash } = signed;
  note.compare(
    'anchor@1',
    'it says what was planned and signed',
    { ...planned, treasury, signature, genesisHash },
    said,
  );
}
