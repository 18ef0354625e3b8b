/** A lease under way: first probe, then a probe every 45 s, the end of the term, and a machine that is lost. */

import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { telemetryProbe } from '@tokenos/contracts/subjects';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { LOST_AFTER } from '../liveness.js';
import type { Parts } from '../parts.js';
import { probePrivateKey } from '../probe/probe-keys.js';
import { PROBE_EVERY } from '../reactions.js';
import { rentals } from '../streams.js';

const RETRY_START: Millis = SECOND;
const RETRY_PROBE: Millis = 15 * SECOND;

/** Billing starts at the first probe that logs in over the buyer's own path. */
export async function start(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await parts.act.load(rentals, rentalId);
  if (state.status !== 'placed') return 'done';
  const { attempt } = state.placement;
  const failure = await probeAndReport(parts, rentalId, state.placement);
  if (failure !== null) return { again: parts.clock.now() + RETRY_START };
  await parts.act.handle(rentals, rentalId, (at) => ({ type: 'StartRental', attempt, at }));
  return 'done';
}

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
  const { attempt } = duty.payload as { attempt: number };
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

/** AccessRevoked: when the agent says the last session, listener and process were gone. */
export async function revoke({ act, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, since } = duty.payload as { attempt: number; since: string };
  const { state } = await act.load(rentals, duty.key);
  if (state.status !== 'ended' && state.status !== 'settled') return 'done';
  const effectiveAt = state.closing?.end.effectiveAt ?? 0;
  const at = Math.max(effectiveAt, Math.min(Date.parse(since), clock.now()));
  await act.handle(rentals, duty.key, () => ({ type: 'RevokeAccess', attempt, at }));
  return 'done';
}

/** Null on success. Every result is published: metering bills no minute without a fresh one. */
async function probeAndReport(parts: Parts, rentalId: string, placement: RentalPlaced): Promise<string | null> {
  const { db, clock } = parts;
  const { nodeId, attempt, endpoint } = placement;
  const node = await db.selectFrom('nodes').select('node_key').where('node_id', '=', nodeId).executeTakeFirstOrThrow();
  const privateKey = await probePrivateKey(db, rentalId, attempt);
  const beganAt = new Date(clock.now()).toISOString();
  const target = { ...endpoint, privateKey, rentalId, attempt, nodeId, nodeKey: node.node_key };
  const detail = await parts.probe(target);
  const result: ProbeResult = { nodeId, rentalId, attempt, beganAt, succeeded: detail === null, detail };
  await parts.publishStored(telemetryProbe(nodeId), result);
  return detail;
}
