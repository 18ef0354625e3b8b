/** Attempts count from 1 through the whole rental; each search for a machine, the first and one after each interruption, has three. */

import { min, type MicroUsdc } from '../money.js';
import { MAX_ATTEMPTS } from '../placement/placement.js';
import { runOf, type Present } from './state.js';

export const nextAttempt = (state: Present): number =>
  state.rental.failedPlacements.length + (runOf(state)?.segments.length ?? 0) + 1;

/** Attempts that failed since the rental last had a machine. */
function failedNow(state: Present): number {
  const lastRun = runOf(state)?.placement.attempt ?? 0;
  return state.rental.failedPlacements.filter(({ attempt }) => attempt > lastRun).length;
}

/** No attempt of this search is left. */
export const isExhausted = (state: Present): boolean => failedNow(state) >= MAX_ATTEMPTS;

/** Nodes that failed this rental before: an attempt that never became ready, or a machine lost under it. */
export function failedNodes(state: Present): readonly string[] {
  const lost = runOf(state)?.segments.filter(({ until }) => until !== null) ?? [];
  return [...state.rental.failedPlacements, ...lost.map(({ placement }) => placement)].map(({ nodeId }) => nodeId);
}

/** The dearest rate it may be placed at: what was quoted, and no more than any extension was sold at. */
export const capOf = ({ rental }: Present): MicroUsdc =>
  rental.extensions
    .filter(({ extended }) => extended)
    .reduce((cap, { rateMicroUsdcPerHour }) => min(cap, rateMicroUsdcPerHour), rental.quote.capMicroUsdcPerHour);
