/** All that metering does when it is due: the same functions in production and in the simulation. */

import type { DutyHandlers } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { meter } from './meter.js';
import { tick } from './tick.js';

export const meteringDuties = (parts: Parts) =>
  ({
    meter: (duty) => meter(parts, duty),
    tick: (duty) => tick(parts, duty),
  }) satisfies DutyHandlers;
