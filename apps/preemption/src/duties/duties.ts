/** Every duty of preemption by its kind: the code that production runs, and the simulation too. */

import type { Duty, DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import type { DutyKind } from '../reactions.js';
import { deliver, endPreempted, requestCheckpoint } from './notice.js';
import { makeRoom } from './plan.js';

const duties: Readonly<Record<DutyKind, (parts: Parts, duty: Duty) => Promise<DutyOutcome>>> = {
  'make-room': makeRoom,
  deliver,
  checkpoint: requestCheckpoint,
  end: endPreempted,
};

export const preemptionDuties = (parts: Parts): DutyHandlers =>
  Object.fromEntries(Object.entries(duties).map(([kind, run]) => [kind, (duty: Duty) => run(parts, duty)]));
