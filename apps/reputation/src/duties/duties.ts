/** All that reputation does when it is due: the same functions in production and in the simulation. */

import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { note } from './note.js';
import { recompute } from './recompute.js';

export const reputationDuties = (parts: Parts) =>
  ({
    note: (duty) => note(parts, duty.key),
    recompute: (duty) => recompute(parts, duty.key),
  }) satisfies DutyHandlers;
