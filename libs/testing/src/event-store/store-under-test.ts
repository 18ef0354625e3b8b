/** What a spec hands the event store's contract: a store, and what it can be put through. */

import type { EventStore } from '@tokenos/runtime/event-store/port';

export interface StoreUnderTest {
  readonly store: EventStore;
  /** Where the store ended when it was opened: others may have written to it. null: it was empty. */
  readonly start: string | null;
}

/** What is left out cannot be done to that store, and is not tested on it. */
export interface Trouble {
  /** Breaks every connection to the store at once; new ones may be made. */
  readonly cut?: () => void;
  /** From now until the next cut the store hears everything, and nothing it says arrives. */
  readonly loseAnswers?: () => void;
  /** Has the store that was opened last take its time over each commit, so that appends overtake each other. */
  readonly commitSlowly?: () => Promise<void>;
}

/** An opened store as the contract's tests use it. */
export interface Opened extends StoreUnderTest {
  /** The name of a stream that nobody has used before. */
  readonly stream: string;
}
