/** What a check is told about the place it stands at: the fact's stream and time, where to note, and the books across streams. */

import type { Corrections } from './across/corrections.js';
import type { Fleet } from './across/fleet.js';
import type { Leases } from './across/leases.js';
import type { Registry } from './across/registry.js';
import type { Spots } from './across/spots.js';
import type { Transfers } from './across/transfers.js';
import type { Verdicts } from './across/verdicts.js';
import type { Yielding } from './across/yielding.js';
import type { Evidence } from './evidence/evidence.js';
import type { Note } from './finding.js';

export type NoteAt = (stream: string, revision: number | null) => Note;

export interface Books {
  readonly leases: Leases;
  readonly transfers: Transfers;
  readonly registry: Registry;
  readonly corrections: Corrections;
  readonly fleet: Fleet;
  readonly yielding: Yielding;
  readonly spots: Spots;
  readonly evidence: Evidence;
  readonly verdicts: Verdicts;
}

export interface Here {
  readonly stream: string;
  readonly revision: number;
  /** The fact's own time, epoch milliseconds. */
  readonly at: number;
  readonly note: Note;
  readonly books: Books;
  /** How long after the end access may last, in the platform's time. */
  readonly revokeWithinMs: number;
}
