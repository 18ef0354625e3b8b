/** Allocation's commands on attempts: place, fail, start, and the end of access. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { MAX_ATTEMPTS } from '../../placement/placement.js';
import { MINUTE } from '../../time.js';
import { capOf, isExhausted, nextAttempt } from '../attempts.js';
import type { AllocationCommand } from '../commands.js';
import type { RentalFact, RentalPlaced } from '../facts.js';
import { closingOf, placementOf, runOf, type Present } from '../state.js';
import { notCovered } from './coverage.js';
import { wrongState } from './refuse.js';

type Command<Type extends AllocationCommand['type']> = Extract<AllocationCommand, { type: Type }>;

export function place(state: Present, placed: RentalPlaced): Outcome<RentalFact> {
  if (placementOf(state)?.attempt === placed.attempt) return ignored('placed already');
  const waits = state.status === 'paid' || (state.status === 'interrupted' && state.placement === null);
  if (!waits) return wrongState(state.status, 'PlaceRental');
  const current = nextAttempt(state);
  if (placed.attempt < current) return ignored('that attempt has failed');
  if (isExhausted(state)) {
    return rejected({ code: 'attempts_exhausted', context: { attempt: current, max: MAX_ATTEMPTS } });
  }
  if (placed.attempt !== current) {
    return rejected({ code: 'wrong_attempt', context: { attempt: placed.attempt, current } });
  }
  const unpaid = notCovered(state.rental);
  if (unpaid !== null) return unpaid;
  const { rateMicroUsdcPerHour } = placed;
  const capMicroUsdcPerHour = capOf(state);
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

export function failPlacement(state: Present, command: Command<'FailPlacement'>): Outcome<RentalFact> {
  const { attempt, why, fault } = command;
  const starting = state.status === 'placed' || state.status === 'interrupted' ? state.placement : null;
  if (starting === null) return ignored(`it is ${state.status}`);
  if (starting.attempt !== attempt) return ignored('another attempt is under way');
  return accepted({ type: 'PlacementFailed', data: { attempt, why, fault } });
}

/** Billing starts here: at the first authenticated SSH probe over the buyer's own path, not at payment. */
export function start(state: Present, command: Command<'StartRental'>): Outcome<RentalFact> {
  const { attempt, at } = command;
  if (state.status === 'running') return ignored('running already');
  if (state.status !== 'placed') return wrongState(state.status, command.type);
  const current = state.placement.attempt;
  if (current !== attempt) return rejected({ code: 'wrong_attempt', context: { attempt, current } });
  const unpaid = notCovered(state.rental);
  if (unpaid !== null) return unpaid;
  const endsAt = at + state.rental.terms.minutes * MINUTE;
  return accepted({ type: 'RentalStarted', data: { attempt, startedAt: at, endsAt } });
}

/** Of the attempt that held the GPUs at the end, and of each that was lost before. */
export function revoke(state: Present, command: Command<'RevokeAccess'>): Outcome<RentalFact> {
  const { attempt, at } = command;
  if (state.rental.revoked.some((known) => known.attempt === attempt)) return ignored('revoked already');
  if (isLost(state, attempt)) return accepted({ type: 'AccessRevoked', data: { attempt, revokedAt: at } });
  if (state.status !== 'ended' && state.status !== 'settled') return wrongState(state.status, command.type);
  const current = closingOf(state)?.placement?.attempt;
  if (current === undefined) return ignored('nothing to revoke');
  return current === attempt
    ? accepted({ type: 'AccessRevoked', data: { attempt, revokedAt: at } })
    : rejected({ code: 'wrong_attempt', context: { attempt, current } });
}

const isLost = (state: Present, attempt: number): boolean =>
  runOf(state)?.segments.some(({ placement, until }) => until !== null && placement.attempt === attempt) ?? false;
