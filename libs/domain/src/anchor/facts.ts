/** The facts of `anchor-<day>`: one root over all streams, written down before it is signed, signed before it is sent, and published once it is final. */

import type { Day } from '../day.js';
import type { Millis } from '../time.js';

/** Its own place in the store's global order is what the anchor covers: every fact before it, and none after. */
export interface AnchorBegun {
  readonly day: Day;
  readonly rules: string;
}

export interface AnchorPlanned {
  readonly day: Day;
  readonly rules: string;
  /** Where the store has the last fact that is covered: opaque, and that store's own. */
  readonly position: string;
  /** How many facts are covered: the place that outlives a change of stores. */
  readonly facts: number;
  /** How many streams: the leaves of the tree. */
  readonly streams: number;
  /** SHA-256, hex. */
  readonly root: string;
  /** The newest anchor among the streams covered; null for the first. A day in between has none, and never will. */
  readonly previousDay: Day | null;
  /** What stands on the chain, to the letter. */
  readonly memo: string;
}

export interface AnchorSigned {
  /** The wallet that signed it. */
  readonly treasury: string;
  /** The signed transaction, base64: after a crash the same bytes are sent again. */
  readonly bytes: string;
  readonly signature: string;
  readonly lastValidBlockHeight: number;
  readonly genesisHash: string;
}

/** These bytes can never land any more: sign again. */
export interface AnchorExpired {
  readonly signature: string;
  /** The finalized block height that had passed the last valid one when a history search found nothing. */
  readonly finalizedBlockHeight: number;
}

/** Landed with an error, and that is final: no memo was written. */
export interface AnchorFailed {
  readonly signature: string;
  readonly error: string;
}

/** Final on the chain. Says all of it once more, so that this one fact can be held against the chain. */
export interface AnchorPublished extends AnchorPlanned {
  readonly treasury: string;
  readonly signature: string;
  readonly slot: number;
  readonly blockTime: Millis;
  readonly genesisHash: string;
}

type Of<Type extends string, Data> = { readonly type: Type; readonly data: Data };

export type AnchorFact =
  | Of<'AnchorBegun', AnchorBegun>
  | Of<'AnchorPlanned', AnchorPlanned>
  | Of<'AnchorSigned', AnchorSigned>
  | Of<'AnchorExpired', AnchorExpired>
  | Of<'AnchorFailed', AnchorFailed>
  | Of<'AnchorPublished', AnchorPublished>;
