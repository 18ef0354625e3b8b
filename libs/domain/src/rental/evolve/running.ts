/** How a rental gets its machine, loses it, and gets another one; and what is told and metered on the way. */

import type { PreemptionDelivered, PreemptionNoticed } from '../../preemption/facts.js';
import type { RentalPlaced, RentalStarted, UsageMetered } from '../facts.js';
import type { BuyerReturned, RentalInterrupted, RentalResumed } from '../interruption.js';
import { begin, buyerBack, count, interrupt, resume, type Run } from '../run.js';
import { runOf, type Present, type RentalState } from '../state.js';

export function placed(state: Present, placement: RentalPlaced): RentalState {
  if (state.status === 'paid') return { ...state, status: 'placed', placement };
  return state.status === 'interrupted' ? { ...state, placement } : state;
}

export function unplaced(state: Present): RentalState {
  if (state.status !== 'placed' && state.status !== 'interrupted') return state;
  const { placement, ...rest } = state;
  if (placement === null) return state;
  const rental = { ...state.rental, failedPlacements: [...state.rental.failedPlacements, placement] };
  return rest.status === 'placed'
    ? { status: 'paid', rental, paidAt: rest.paidAt }
    : { ...rest, rental, placement: null };
}

export function started(state: Present, { startedAt, endsAt }: RentalStarted): RentalState {
  if (state.status !== 'placed') return state;
  const { rental, placement, paidAt } = state;
  return { status: 'running', rental, run: begin(placement, paidAt, startedAt, endsAt) };
}

export function interrupted(state: Present, interruption: RentalInterrupted): RentalState {
  if (state.status !== 'running') return state;
  const run = interrupt(state.run, interruption.interruptedAt);
  return { status: 'interrupted', rental: state.rental, run, interruption, placement: null };
}

export function resumed(state: Present, { resumedAt }: RentalResumed): RentalState {
  if (state.status !== 'interrupted' || state.placement === null) return state;
  return { status: 'running', rental: state.rental, run: resume(state.run, state.placement, resumedAt) };
}

const onRun = (state: Present, change: (run: Run) => Run): RentalState =>
  state.status === 'running' ? { ...state, run: change(state.run) } : state;

export const returned = (state: Present, { returnedAt }: BuyerReturned): RentalState =>
  onRun(state, (run) => buyerBack(run, returnedAt));

export const note = (state: Present, noticed: PreemptionNoticed): RentalState =>
  onRun(state, (run) => ({ ...run, notice: { noticed, delivered: null } }));

export const deliver = (state: Present, delivered: PreemptionDelivered): RentalState =>
  onRun(state, (run) => (run.notice === null ? run : { ...run, notice: { ...run.notice, delivered } }));

/** Usage arrives while it runs, while it is interrupted, and until the meter closes. */
export function usage(state: Present, metered: UsageMetered): RentalState {
  const run = runOf(state);
  if (run === null) return state;
  const counted = count(run, metered);
  if (state.status === 'running' || state.status === 'interrupted') return { ...state, run: counted };
  if ((state.status !== 'ended' && state.status !== 'settled') || state.closing === null) return state;
  return { ...state, closing: { ...state.closing, run: counted } };
}
