/** From placed to running, or not: the first login over the buyer's path, and an attempt's deadline. After a failover likewise. */

import type { Fault } from '@tokenos/domain/rental/ending';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { probeAndReport } from '../probe/report.js';
import { rentals } from '../streams.js';

const RETRY_START: Millis = SECOND;

/** The attempt that is being started; null where there is none. */
const startingOf = (state: RentalState): RentalPlaced | null =>
  state.status === 'placed' || state.status === 'interrupted' ? state.placement : null;

/** The rental runs from the first probe that logs in over the buyer's own path. */
export async function start(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const failure = await tryToStart(parts, rentalId);
  return failure === null ? 'done' : { again: parts.clock.now() + RETRY_START };
}

/** Null once there is nothing left to try; else why the attempt is not ready yet. */
async function tryToStart(parts: Parts, rentalId: string): Promise<string | null> {
  const { state } = await parts.act.load(rentals, rentalId);
  const starting = startingOf(state);
  if (starting === null) return null;
  const { attempt } = starting;
  const failure = await probeAndReport(parts, rentalId, starting);
  const type = state.status === 'placed' ? 'StartRental' : 'ResumeRental';
  if (failure === null) await parts.act.handle(rentals, rentalId, (at) => ({ type, attempt, at }));
  return failure;
}

/** At its deadline an attempt gets one last look, because we ourselves may have been away; an agent's own "no" is enough. */
export async function failAttempt(parts: Parts, duty: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, duty.key);
  const starting = startingOf(state);
  if (starting === null) return 'done';
  const { attempt } = starting;
  const told = duty.payload as { readonly attempt: number; readonly why: string } | null;
  if (told !== null && told.attempt !== attempt) return 'done';
  const failure = told?.why ?? (await tryToStart(parts, duty.key));
  if (failure === null) return 'done';
  const why = told === null ? `not ready in time: ${failure}` : failure;
  const fault = told === null ? await faultOf(parts, duty.key, starting) : 'operator';
  await parts.act.handle(rentals, duty.key, () => ({ type: 'FailPlacement', attempt, why, fault }));
  return 'done';
}

/** Nobody fails at what it was never asked to do: where its document does not name the attempt, the delay is ours. */
async function faultOf({ desired }: Parts, rentalId: string, { nodeId, attempt }: RentalPlaced): Promise<Fault> {
  const asked = (await desired.get(nodeId))?.value?.leases ?? [];
  return asked.some((lease) => lease.rentalId === rentalId && lease.attempt === attempt) ? 'operator' : 'platform';
}
