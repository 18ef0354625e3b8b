/** A lease under way: a probe every 45 s, the end of the term, a machine that is lost, and the end of access. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { LOST_AFTER } from '../liveness.js';
import type { Parts } from '../parts.js';
import { probeAndReport } from '../probe/report.js';
import { PROBE_EVERY } from '../reactions.js';
import { rentals } from '../streams.js';

const RETRY_PROBE: Millis = 15 * SECOND;

export async function probeRunning(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock, liveness } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running') return 'done';
  const { placement } = state.run;
  const failure = await probeAndReport(parts, rentalId, placement);
  if (failure === null) return { again: clock.now() + PROBE_EVERY };
  // Two independent paths must both be dead: our gateway being down silences heartbeats, but not the probe.
  if (liveness.silentFor(placement.nodeId) <= LOST_AFTER) return { again: clock.now() + RETRY_PROBE };
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'node_failed', fault: 'operator' }));
  return 'done';
}

/** The agent itself says that the lease died under a running rental. */
export async function endLost({ act }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt } = duty.payload as { readonly attempt: number };
  const { state } = await act.load(rentals, duty.key);
  if (state.status !== 'running' || state.run.placement.attempt !== attempt) return 'done';
  await act.handle(rentals, duty.key, (at) => ({ type: 'EndRental', at, reason: 'node_failed', fault: 'operator' }));
  return 'done';
}

export async function endTerm({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running') return 'done';
  if (clock.now() < state.run.endsAt) return { again: state.run.endsAt };
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'term_elapsed', fault: 'none' }));
  return 'done';
}

/** AccessRevoked: when the agent says the last session, listener and process were gone, by its clock but within what we know. */
export async function revoke({ act, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, since } = duty.payload as { readonly attempt: number; readonly since: string };
  const { state } = await act.load(rentals, duty.key);
  if ((state.status !== 'ended' && state.status !== 'settled') || state.closing === null) return 'done';
  const at = Math.max(state.closing.end.effectiveAt, Math.min(Date.parse(since), clock.now()));
  await act.handle(rentals, duty.key, () => ({ type: 'RevokeAccess', attempt, at }));
  return 'done';
}
