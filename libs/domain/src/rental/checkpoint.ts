/** The facts of a checkpoint: a path of the sandbox asked for, and saved. */

import type { Millis } from '../time.js';

export interface CheckpointRequested {
  readonly path: string;
  readonly requestedAt: Millis;
}

export interface CheckpointSaved {
  readonly attempt: number;
  /** Names the object in the checkpoint storage; says nothing of whose it is. */
  readonly where: string;
  readonly sha256: string;
  readonly bytes: number;
  readonly savedAt: Millis;
}
