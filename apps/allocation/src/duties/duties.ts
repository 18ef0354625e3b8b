/** Every duty of allocation by its kind: the code that production runs, and the simulation too. */

import type { Duty, DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import type { DutyKind } from '../reactions.js';
import { failAttempt, start } from './attempt.js';
import { saveCheckpoint } from './checkpoint.js';
import { publishDesired } from './desired.js';
import { giveUp } from './give-up.js';
import { reportLost, withdraw } from './interrupt.js';
import { place } from './place.js';
import { releaseClaims } from './release.js';
import { endAbsent, noteReturn } from './returning.js';
import { endTerm, probeRunning, revoke } from './run.js';
import { endUncovered } from './uncovered.js';
import { verifyNode } from './verify.js';

const duties: Readonly<Record<DutyKind, (parts: Parts, duty: Duty) => Promise<DutyOutcome>>> = {
  place,
  'give-up': giveUp,
  'attempt-deadline': failAttempt,
  release: releaseClaims,
  orphan: releaseClaims,
  desired: publishDesired,
  start,
  probe: probeRunning,
  term: endTerm,
  lost: reportLost,
  withdraw,
  returned: noteReturn,
  absent: endAbsent,
  checkpoint: saveCheckpoint,
  uncovered: endUncovered,
  revoke,
  verify: verifyNode,
};

export const allocationDuties = (parts: Parts): DutyHandlers =>
  Object.fromEntries(Object.entries(duties).map(([kind, run]) => [kind, (duty: Duty) => run(parts, duty)]));
