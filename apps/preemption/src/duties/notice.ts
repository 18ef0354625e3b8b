/** From the notice to the end: the buyer was told, a checkpoint is asked for, and 90 seconds after the telling the rental ends. */

import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Millis } from '@tokenos/domain/time';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

export type Told = {
  readonly attempt: number;
  /** When the machine's word reached the bus: never sooner than the buyer was told, so that no clock but ours shortens a notice. */
  readonly at: Millis;
};

export async function deliver({ act }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, at } = duty.payload as Told;
  await act.handle(rentals, duty.key, () => ({ type: 'DeliverPreemption', attempt, at }));
  return 'done';
}

export async function requestCheckpoint({ act }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running' || state.run.notice === null) return 'done';
  const { terms, checkpoint } = state.rental;
  const path = terms.checkpointPath;
  // One that was asked for since the notice is as new as ours would be.
  const isAsked = checkpoint !== null && checkpoint.requested.requestedAt >= state.run.notice.noticed.noticedAt;
  if (path === undefined || isAsked) return 'done';
  await act.handle(rentals, rentalId, (at) => ({ type: 'RequestCheckpoint', path, at }));
  return 'done';
}

export async function endPreempted({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  const delivered = state.status === 'running' ? state.run.notice?.delivered : null;
  if (delivered === null || delivered === undefined) return 'done';
  if (clock.now() < delivered.deadlineAt) return { again: delivered.deadlineAt };
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndPreempted', at }));
  return 'done';
}
