/** Every duty of carbon by its kind: the code that production runs, and the simulation too. */

import type { Duty, DutyHandler } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import type { DutyKind } from '../reactions.js';
import { attribute } from './attribute.js';

export const carbonDuties = (parts: Parts): Readonly<Record<DutyKind, DutyHandler>> => ({
  attribute: (duty: Duty) => attribute(parts, duty),
});
