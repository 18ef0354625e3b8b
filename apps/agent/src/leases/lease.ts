/** A lease as this node knows it: the newest entry it accepted, and how far it has come with it. */

import type { DesiredLease, LEASE_STATES, SavedCheckpoint } from '@tokenos/contracts/agent/protocol';
import type { Millis } from '@tokenos/domain/time';

export type Phase = (typeof LEASE_STATES)[number];

export interface Lease {
  readonly entry: DesiredLease;
  readonly phase: Phase;
  /** When the phase was entered, in the platform's time. */
  readonly since: Millis;
  readonly detail: string | null;
  /** Why it must end. Once set it is never unset: an ended lease does not come back. */
  readonly ending: string | null;
  /** It has been ready once: the buyer's files are in its workspace. */
  readonly served: boolean;
  /** When its buyer first logged in, in the platform's time; null: not yet. */
  readonly buyerSince: Millis | null;
  /** When its buyer was told to make room, in the platform's time; null: not told. */
  readonly noticedAt: Millis | null;
  /** The last one saved; null: none. */
  readonly checkpoint: SavedCheckpoint | null;
  /** Smallest number that no other living lease had when this one came; gives it its own user id. */
  readonly slot: number;
  /** When it is paid until, by the machine's monotonic clock: milliseconds of wall time. */
  readonly deadline: number;
}

/** Names a lease: one rental may come back to a node as a later attempt. Also the name of its workspace. */
export const keyOf = ({ entry }: Lease): string => `${entry.rentalId}.${entry.attempt}`;

/** The agent's two clocks, read together. */
export interface Moment {
  /** Platform time. */
  readonly now: Millis;
  /** Monotonic wall milliseconds at which a platform time is reached, as seen from now. */
  readonly deadlineOf: (at: Millis) => number;
}
