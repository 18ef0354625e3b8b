/** What the keeper of leases stands on: disk, machines, sessions and clocks. */

import type { Millis } from '@tokenos/domain/time';
import type { Logger } from 'pino';
import type { Link } from '../link/link.js';
import type { Journal } from './journal.js';
import type { Lease, Moment } from './lease.js';

/** A ready lease and the way into it. */
export interface Door {
  readonly lease: Lease;
  readonly link: Link;
}

export interface Machine {
  readonly link: Link;
  /** Settles when the last process is gone, with its last words. */
  readonly gone: Promise<string>;
  kill(): Promise<void>;
}

/** Makes a lease's machine, and leaves nothing of it. */
export interface Machines {
  start(lease: Lease): Promise<Machine>;
  discard(lease: Lease): Promise<void>;
}

/** The open SSH sessions of leases, by key of the lease. */
export interface Sessions {
  count(key: string): number;
  /** Closes those whose key is not among these. */
  keepOnly(key: string, authorizedKeys: readonly string[]): void;
  closeAll(key: string): void;
}

/** A checkpoint in the store. */
export interface StoredCheckpoint {
  /** Its name in there: says nothing of whose it is. */
  readonly where: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** Keeps checkpoints beyond the leases they come from. */
export interface Checkpoints {
  /** Nothing is kept where `content` throws. */
  save(content: AsyncIterable<Buffer>): Promise<StoredCheckpoint>;
}

/** Does in a machine what a lease is asked for. */
export interface ErrandRunner {
  /** `at`: from when its buyer has been told. */
  tell(lease: Lease, machine: Machine, at: Millis): Promise<void>;
  save(machine: Machine, path: string): Promise<StoredCheckpoint>;
}

export interface KeeperParts {
  readonly journal: Journal;
  readonly machines: Machines;
  readonly sessions: Sessions;
  readonly errands: ErrandRunner;
  readonly moment: () => Moment;
  /** Milliseconds of the machine's monotonic clock. */
  readonly monotonic: () => number;
  readonly log: Logger;
  /** Called upon every change of what is reported. */
  readonly changed: () => void;
}
