/** The event store, as every service sees it. Adapters: memory, Postgres, EventStoreDB; one contract suite runs on each. */

import type { Envelope, Recorded } from './envelope.js';

/** Revision of a stream's last fact; -1 where the stream does not exist. */
export type ExpectedRevision = number;

export const NO_STREAM: ExpectedRevision = -1;

/** Someone else appended first. Load again, decide again. */
export class RevisionConflict extends Error {
  constructor(
    readonly stream: string,
    readonly expected: ExpectedRevision,
    readonly actual: ExpectedRevision,
  ) {
    super(`${stream}: expected revision ${expected}, found ${actual}`);
    this.name = 'RevisionConflict';
  }
}

/** What is appended at once is larger than the store takes. */
export class FactTooLarge extends Error {
  constructor(
    readonly stream: string,
    readonly bytes: number,
  ) {
    super(`${stream}: an append of ${bytes} bytes is larger than ${MAX_FACT_BYTES}`);
    this.name = 'FactTooLarge';
  }
}

/** Nothing that this store gave as a position: it cannot say what comes after it. */
export class BadPosition extends Error {
  constructor(readonly position: string) {
    super(`no position of this store: ${JSON.stringify(position)}`);
    this.name = 'BadPosition';
  }
}

/** Of JSON, all facts of one append together: what EventStoreDB takes unless it is told otherwise, less what it adds. */
export const MAX_FACT_BYTES = 1_000_000;

export interface EventStore {
  /**
   * Appends all or nothing at the exact expected revision. The same envelopes (same ids) again after a lost answer succeed
   * and store nothing twice. Throws RevisionConflict or FactTooLarge.
   */
  append(stream: string, expected: ExpectedRevision, envelopes: readonly Envelope[]): Promise<void>;
  /** One stream's facts from a revision on, in order; empty where there is none. */
  read(stream: string, fromRevision?: number): Promise<readonly Envelope[]>;
  /**
   * Up to `limit` facts of all streams after a position (null: from the start), in global order; never skips a row that
   * commits late. Throws BadPosition.
   */
  readAll(after: string | null, limit: number): Promise<readonly Recorded[]>;
  /** All facts after a position, for ever: catches up, then wakes at once on new ones. Ends when the signal aborts. */
  subscribe(after: string | null, signal: AbortSignal): AsyncIterable<Recorded>;
  close(): Promise<void>;
}
