/** After a failover: the buyer who is back in, or is not for too long. */

import type { Run } from '@tokenos/domain/rental/run';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { ABSENT_AFTER } from '../reactions.js';
import { rentals } from '../streams.js';

/** Where the buyer is waited for; null where nobody is. */
function awaited(run: Run) {
  const segment = run.segments.at(-1);
  return segment?.billableFrom === null ? segment : null;
}

/** The machine says since when its buyer has been in: by its clock, but within what we know. */
export async function noteReturn({ act, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, since } = duty.payload as { readonly attempt: number; readonly since: string };
  const { state } = await act.load(rentals, duty.key);
  if (state.status !== 'running') return 'done';
  const segment = awaited(state.run);
  if (segment?.placement.attempt !== attempt) return 'done';
  const at = Math.max(segment.from, Math.min(Date.parse(since), clock.now()));
  await act.handle(rentals, duty.key, () => ({ type: 'NoteReturn', attempt, at, how: 'login' }));
  return 'done';
}

/** Nobody pays for a machine that its buyer never came back to: whose failed before has the fault. */
export async function endAbsent({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running') return 'done';
  const segment = awaited(state.run);
  if (segment === null) return 'done';
  const deadline = segment.from + ABSENT_AFTER;
  if (clock.now() < deadline) return { again: deadline };
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'node_failed', fault: 'operator' }));
  return 'done';
}
