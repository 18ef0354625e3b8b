/** A lease under way: a probe every 45 s, a machine that is lost, the end of the term, and the end of access. */

import { closingOf, runOf, type Present } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { probeAndReport } from '../probe/report.js';
import { PROBE_EVERY } from '../reactions.js';
import { rentals } from '../streams.js';
import { interrupt, SILENT, WITHDRAWN } from './interrupt.js';

const RETRY_PROBE: Millis = 15 * SECOND;

export async function probeRunning(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock, fleet, liveness } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running') return 'done';
  const { placement } = state.run;
  const failure = await probeAndReport(parts, rentalId, placement);
  const isRetired = (await fleet.node(placement.nodeId))?.retired === true;
  // Two independent paths must both be dead: our gateway being down silences heartbeats, but not the probe.
  const isLost = failure !== null && liveness.isLost(placement.nodeId);
  if (!isRetired && !isLost) return { again: clock.now() + (failure === null ? PROBE_EVERY : RETRY_PROBE) };
  await interrupt(parts, rentalId, placement.attempt, isRetired ? WITHDRAWN : SILENT);
  return 'done';
}

export async function endTerm({ act, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'running' && state.status !== 'interrupted') return 'done';
  if (clock.now() < state.run.endsAt) return { again: state.run.endsAt };
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'term_elapsed', fault: 'none' }));
  return 'done';
}

/** AccessRevoked: when the agent says the last session, listener and process were gone, by its clock but within what we know. */
export async function revoke({ act, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, since } = duty.payload as { readonly attempt: number; readonly since: string };
  const { state } = await act.load(rentals, duty.key);
  if (state.status === 'absent') return 'done';
  const over = overSince(state, attempt);
  if (over === null) return 'done';
  const at = Math.max(over, Math.min(Date.parse(since), clock.now()));
  await act.handle(rentals, duty.key, () => ({ type: 'RevokeAccess', attempt, at }));
  return 'done';
}

/** When the attempt was to end: when its machine was lost, or with the rental. Null while it may run. */
function overSince(state: Present, attempt: number): Millis | null {
  const segment = runOf(state)?.segments.find(({ placement }) => placement.attempt === attempt);
  return segment?.until ?? closingOf(state)?.end.effectiveAt ?? null;
}
