/** What metering keeps: the evidence that no fact holds in full, and who may sign for a node. Each adapter keeps the same contract. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { DAY, type Millis } from '@tokenos/domain/time';
import type { Evidence, Proof } from '../evidence/judge.js';

/** How long the bytes behind a UsageMetered are kept, and what was never asked for. */
export const KEEP_EVIDENCE: Millis = 90 * DAY;

export type Message =
  | { readonly kind: 'heartbeat'; readonly message: Heartbeat }
  | { readonly kind: 'probe'; readonly message: ProbeResult };

/** Where and when a message came: the same twice is one row. */
export interface Arrival {
  /** Its place in the bus' telemetry stream. */
  readonly sequence: number;
  readonly at: Millis;
}

/** A Proof as it is kept. */
export interface KeptProof extends Proof {
  readonly rentalId: string;
  readonly firstMinute: number;
  readonly keptUntil: Millis;
}

/** The evidence: written once per message, read per rental, kept to the byte for what was metered. */
export interface Ledger {
  write(rentalIds: readonly string[], arrival: Arrival, message: Message): Promise<void>;
  /** Everything that can bear on minutes from `from` on, in time order: probes reach back further than heartbeats. */
  read(rentalId: string, from: Millis): Promise<Evidence>;
  /**
   * Before the fact that names its hash, so that no fact ever stands on evidence nobody has. By its hash, so that two
   * judgements of the same minutes lie side by side, whichever of them becomes the fact.
   */
  keepProof(proof: KeptProof): Promise<void>;
  /** So many characters (code points) of a proof's body from one on; null where there is none by this hash. */
  proofText(sha256: string, from: number, characters: number): Promise<{ text: string; isLast: boolean } | null>;
  proofs(rentalId: string): Promise<readonly KeptProof[]>;
  /** Drops what no minute from `from` on can need: heartbeats before it, and probes beyond their reach. */
  prune(rentalId: string, from: Millis): Promise<void>;
  /** After the close nothing of the rental is needed but its proofs. */
  forget(rentalId: string): Promise<void>;
  /** What was kept long enough goes, whosever it is. */
  dropOld(now: Millis): Promise<void>;
}

/** Fold of `node-<id>`: who may sign for it. */
export interface NodeKeys {
  /** Null: it has not heard of such a node. */
  of(nodeId: string): Promise<string | null>;
  learn(nodeId: string, nodeKey: string): Promise<void>;
}

export interface Repositories {
  readonly ledger: Ledger;
  readonly nodeKeys: NodeKeys;
}
