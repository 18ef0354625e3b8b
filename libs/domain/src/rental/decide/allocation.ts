/** Allocation's commands: place, fail, start, end, revoke. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { MAX_ATTEMPTS } from '../../placement/placement.js';
import { MINUTE, type Millis } from '../../time.js';
import type { AllocationCommand } from '../commands.js';
import type { RentalFact, RentalPlaced } from '../facts.js';
import { placementOf, type RentalState, type Run } from '../state.js';
import { effectiveEnd } from '../usage.js';
import { absent, wrongState } from './refuse.js';

type Command<Type extends AllocationCommand['type']> = Extract<AllocationCommand, { type: Type }>;

export function place(state: RentalState, placed: RentalPlaced): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (placementOf(state)?.attempt === placed.attempt) return ignored('placed already');
  if (state.status !== 'paid') return wrongState(state.status, 'PlaceRental');
  const current = nextAttempt(state.rental.failedPlacements);
  if (placed.attempt < current) return ignored('that attempt has failed');
  if (current > MAX_ATTEMPTS)
    return rejected({ code: 'attempts_exhausted', context: { attempt: current, max: MAX_ATTEMPTS } });
  if (placed.attempt !== current) {
    return rejected({ code: 'wrong_attempt', context: { attempt: placed.attempt, current } });
  }
  const { rateMicroUsdcPerHour } = placed;
  const { capMicroUsdcPerHour } = state.rental.quote;
  if (rateMicroUsdcPerHour > capMicroUsdcPerHour) {
    return rejected({ code: 'rate_above_cap', context: { rateMicroUsdcPerHour, capMicroUsdcPerHour } });
  }
  if (placed.gpus.length !== state.rental.terms.gpuCount) {
    const context = { gpuCount: placed.gpus.length, max: state.rental.terms.gpuCount };
    return rejected({ code: 'bad_gpu_count', context });
  }
  const twice = placed.gpus.find((gpu, index) => placed.gpus.findIndex(({ uuid }) => uuid === gpu.uuid) !== index);
  if (twice !== undefined) return rejected({ code: 'duplicate_gpu', context: { uuid: twice.uuid } });
  return accepted({ type: 'RentalPlaced', data: placed });
}

/** Attempts count from 1; each failed one raises the next. */
export const nextAttempt = (failed: readonly RentalPlaced[]): number => failed.length + 1;

export function failPlacement(state: RentalState, command: Command<'FailPlacement'>): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  const { attempt, why, fault } = command;
  if (state.status !== 'placed') return ignored(`it is ${state.status}`);
  if (state.placement.attempt !== attempt) return ignored('another attempt is under way');
  return accepted({ type: 'PlacementFailed', data: { attempt, why, fault } });
}

/** Billing starts here: at the first authenticated SSH probe over the buyer's own path, not at payment. */
export function start(state: RentalState, command: Command<'StartRental'>): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  const { attempt, at } = command;
  if (state.status === 'running') return ignored('running already');
  if (state.status !== 'placed') return wrongState(state.status, command.type);
  const current = state.placement.attempt;
  if (current !== attempt) return rejected({ code: 'wrong_attempt', context: { attempt, current } });
  const endsAt = at + state.rental.terms.minutes * MINUTE;
  return accepted({ type: 'RentalStarted', data: { attempt, startedAt: at, endsAt } });
}

export function end(state: RentalState, command: Command<'EndRental'>): Outcome<RentalFact> {
  const { at, reason, fault } = command;
  switch (state.status) {
    case 'absent':
      return absent();
    case 'ended':
    case 'expired':
    case 'settled':
      return ignored(`it is ${state.status}`);
    case 'requested':
      return wrongState(state.status, command.type);
    case 'running':
      return endRunning(state.run, command);
    case 'paid':
    case 'placed':
      if (reason !== 'capacity_unavailable') return wrongState(state.status, `EndRental(${reason})`);
      if (at < notBefore(state)) return tooEarly(at, notBefore(state));
      return accepted({ type: 'RentalEnded', data: { reason, fault, effectiveAt: at } });
  }
}

/** A request waits for capacity as long as its buyer said, but not for an attempt that will never be made. */
const notBefore = ({ paidAt, rental }: Extract<RentalState, { status: 'paid' | 'placed' }>): Millis =>
  rental.failedPlacements.length < MAX_ATTEMPTS ? paidAt + rental.terms.maxWaitMs : paidAt;

function endRunning(run: Run, { at, reason, fault }: Command<'EndRental'>): Outcome<RentalFact> {
  if (reason === 'capacity_unavailable') return wrongState('running', `EndRental(${reason})`);
  if (reason === 'term_elapsed' && at < run.endsAt) return tooEarly(at, run.endsAt);
  return accepted({ type: 'RentalEnded', data: { reason, fault, effectiveAt: effectiveEnd(run, at) } });
}

const tooEarly = (at: Millis, notBefore: Millis): Outcome<never> =>
  rejected({ code: 'too_early', context: { at, notBefore } });

export function revoke(state: RentalState, command: Command<'RevokeAccess'>): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (state.status !== 'ended' && state.status !== 'settled') return wrongState(state.status, command.type);
  const { closing } = state;
  if (closing?.placement == null) return ignored('nothing to revoke');
  if (closing.accessRevokedAt !== null) return ignored('revoked already');
  const current = closing.placement.attempt;
  if (current !== command.attempt) {
    return rejected({ code: 'wrong_attempt', context: { attempt: command.attempt, current } });
  }
  return accepted({ type: 'AccessRevoked', data: { attempt: command.attempt, revokedAt: command.at } });
}
