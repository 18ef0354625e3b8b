/** What settlement keeps for anchors: the head of every stream at one place in the store's order, and what each day's anchor came to. */

import type { Counted } from '@tokenos/domain/anchor/anchor';
import type { StreamHead } from '@tokenos/domain/anchor/tree';
import type { Day } from '@tokenos/domain/day';

/** How far the store was read; everything up to there is in the heads, and nothing after. */
export interface Place {
  /** Of the last fact read; null before the first. */
  readonly position: string | null;
  readonly facts: number;
  /** The last anchor that was met on the way. */
  readonly day: Day | null;
}

/** A fold of the store in its global order. No view of the follower's: that one takes each stream in order, but not all of them. */
export interface Heads {
  place(): Promise<Place>;
  /** From one place to a later one, whole or not at all; throws where another process has moved on meanwhile. */
  move(from: Place, to: Place, heads: readonly StreamHead[], counted?: Counted): Promise<void>;
  /** The next `limit` heads after a stream (null: from the first), in the order of their bytes. */
  page(after: string | null, limit: number): Promise<readonly StreamHead[]>;
  /** What a day's anchor came to; null while it was not met. */
  counted(day: Day): Promise<Counted | null>;
}

export class PlaceMoved extends Error {
  override readonly name = 'PlaceMoved';
}
