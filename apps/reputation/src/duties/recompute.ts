/** Appends an operator's score of the next day that has none. The fact makes the day after due: so missed days are made up for in order. */

import { REPUTATION } from '@tokenos/domain/reputation/formula';
import { inputsOf } from '@tokenos/domain/reputation/past';
import { reputation } from '@tokenos/domain/reputation/reputation';
import type { DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { dueOn } from '../schedule.js';
import { operators } from '../streams.js';
import { note } from './note.js';

export async function recompute(parts: Parts, operatorId: string): Promise<DutyOutcome> {
  const { records, act, clock, catchUp } = parts;
  // A score that somebody else has just appended is known from here on, and so is every fact that was on record in time.
  await catchUp();
  const day = await records.nextDay(operatorId);
  if (day === null) return 'done';
  const due = dueOn(day);
  if (clock.now() < due) return { again: due };
  for (const rentalId of await records.touched()) await note(parts, rentalId);
  const inputs = inputsOf(await records.past(operatorId, day), day);
  const recomputed = { rules: REPUTATION, day, inputs, ...reputation(inputs) };
  await act.handle(operators, operatorId, () => ({ type: 'RecordReputation', recomputed }));
  return 'done';
}
