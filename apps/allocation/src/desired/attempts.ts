/** A rental's attempts on machines: those that failed, those that were lost under it, and the one it has. Pure. */

import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { closingOf, placementOf, runOf, type Present } from '@tokenos/domain/rental/state';
import { MINUTE, type Millis } from '@tokenos/domain/time';

/** Machines that were taken from under the running rental. */
export const lostOf = (state: Present): readonly RentalPlaced[] =>
  (runOf(state)?.segments ?? []).filter(({ until }) => until !== null).map(({ placement }) => placement);

/** Over before the rental was: failed or lost. */
export const earlierOf = (state: Present): readonly RentalPlaced[] => [
  ...state.rental.failedPlacements,
  ...lostOf(state),
];

export function attemptsOf(state: Present): readonly RentalPlaced[] {
  const earlier = earlierOf(state);
  const current = placementOf(state);
  const others = earlier.filter(({ attempt }) => attempt !== current?.attempt);
  return [...others, ...(current === null ? [] : [current])].sort((a, b) => a.attempt - b.attempt);
}

/** Of all attempts the one that may run: none between a loss and the next placement, and none once the rental has ended. */
export const isWanted = (state: Present, { attempt }: RentalPlaced): boolean =>
  closingOf(state) === null &&
  placementOf(state)?.attempt === attempt &&
  !earlierOf(state).some((earlier) => earlier.attempt === attempt);

/**
 * When the agent ends the lease by itself. Before the start the whole term still lies ahead, at the latest after the longest
 * wait; from the start on it is endsAt. An attempt that failed before the start keeps what it was first told.
 */
export function paidUntil(state: Present, placement: RentalPlaced): Millis {
  const run = runOf(state);
  const { terms } = state.rental;
  const first = run?.segments[0]?.placement.attempt ?? Infinity;
  return run !== null && placement.attempt >= first
    ? run.endsAt
    : placement.placedAt + terms.maxWaitMs + terms.minutes * MINUTE;
}
