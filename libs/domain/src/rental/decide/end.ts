/** Allocation's ends: each reason waits for the state, and the moment, that it is true of. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import type { Millis } from '../../time.js';
import { isExhausted } from '../attempts.js';
import type { AllocationCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import type { Run } from '../run.js';
import type { Present, Rental } from '../state.js';
import { effectiveEnd } from '../usage.js';
import { stillCovered } from './coverage.js';
import { wrongState } from './refuse.js';

type End = Extract<AllocationCommand, { type: 'EndRental' }>;

export function end(state: Present, command: End): Outcome<RentalFact> {
  switch (state.status) {
    case 'ended':
    case 'expired':
    case 'settled':
      return ignored(`it is ${state.status}`);
    case 'requested':
      return wrongState(state.status, command.type);
    case 'running':
    case 'interrupted':
      return endRunning(state.status, state.rental, state.run, command);
    case 'paid':
    case 'placed':
      return endWaiting(state, command);
  }
}

function endWaiting(
  state: Extract<Present, { status: 'paid' | 'placed' }>,
  { at, reason, fault }: End,
): Outcome<RentalFact> {
  if (reason === 'payment_vanished') return stillCovered(state.rental) ?? over({ reason, fault, effectiveAt: at });
  if (reason !== 'capacity_unavailable') return wrongState(state.status, `EndRental(${reason})`);
  if (at < notBefore(state)) return tooEarly(at, notBefore(state));
  return over({ reason, fault, effectiveAt: at });
}

/** A request waits for capacity as long as its buyer said, but not for an attempt that will never be made. */
const notBefore = (state: Extract<Present, { status: 'paid' | 'placed' }>): Millis =>
  isExhausted(state) ? state.paidAt : state.paidAt + state.rental.terms.maxWaitMs;

function endRunning(
  status: Present['status'],
  rental: Rental,
  run: Run,
  { at, reason, fault }: End,
): Outcome<RentalFact> {
  if (reason === 'capacity_unavailable') return wrongState(status, `EndRental(${reason})`);
  if (reason === 'term_elapsed' && at < run.endsAt) return tooEarly(at, run.endsAt);
  if (reason === 'payment_vanished') {
    const refusal = stillCovered(rental);
    if (refusal !== null) return refusal;
  }
  return over({ reason, fault, effectiveAt: effectiveEnd(run, at) });
}

const over = (data: Extract<RentalFact, { type: 'RentalEnded' }>['data']): Outcome<RentalFact> =>
  accepted({ type: 'RentalEnded', data });

const tooEarly = (at: Millis, notBefore: Millis): Outcome<never> =>
  rejected({ code: 'too_early', context: { at, notBefore } });
