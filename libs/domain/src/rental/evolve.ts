/** How facts fold into a rental's state. Total: a fact that does not fit a state leaves it as it is. */

import { sum } from '../money.js';
import { evolvePlans } from '../settlement/plan.js';
import type { PaymentReceived, RentalFact, RentalSettled } from './facts.js';
import type { Closing, Payment, Rental, RentalState } from './state.js';

export function evolve(state: RentalState, fact: RentalFact): RentalState {
  if (fact.type === 'RentalRequested') {
    const none = { credential: null, payments: [], plans: [], failedPlacements: [] };
    return state.status === 'absent' ? { status: 'requested', rental: { ...fact.data, ...none } } : state;
  }
  if (state.status === 'absent') return state;
  switch (fact.type) {
    case 'PaymentReceived':
      return credit(state, fact.data);
    case 'PaymentFinalized':
      return update(state, { payments: finalize(state.rental.payments, fact.data.signature) });
    case 'RequestExpired':
      return state.status === 'requested' ? { status: 'expired', rental: state.rental } : state;
    case 'CredentialIssued':
      return update(state, { credential: fact.data });
    case 'RentalPlaced':
      return state.status === 'paid' ? { ...state, status: 'placed', placement: fact.data } : state;
    case 'PlacementFailed':
      return state.status === 'placed' ? unplace(state) : state;
    case 'RentalStarted':
      return state.status === 'placed'
        ? { status: 'running', rental: state.rental, run: { ...fact.data, placement: state.placement, metered: [] } }
        : state;
    case 'RentalEnded':
      return end(state, fact.data);
    case 'UsageMetered':
    case 'MeterClosed':
    case 'AccessRevoked':
      return note(state, fact);
    case 'RentalSettled':
      return settled(state, fact.data);
    default:
      return update(state, { plans: evolvePlans(state.rental.plans, fact) });
  }
}

type Present = Exclude<RentalState, { status: 'absent' }>;

const update = (state: Present, change: Partial<Rental>): RentalState => ({
  ...state,
  rental: { ...state.rental, ...change },
});

function credit(state: Present, received: PaymentReceived): RentalState {
  const { quote, payments } = state.rental;
  const payment: Payment = { ...received, finalized: false, inTime: received.blockTime <= quote.expiresAt };
  const rental: Rental = { ...state.rental, payments: [...payments, payment] };
  if (state.status !== 'requested') return { ...state, rental };
  const inTime = rental.payments.filter((p) => p.inTime);
  if (sum(inTime.map((p) => p.amountMicroUsdc)) < quote.totalMicroUsdc) return { ...state, rental };
  return { status: 'paid', rental, paidAt: Math.max(...inTime.map((p) => p.blockTime)) };
}

const finalize = (payments: readonly Payment[], signature: string): readonly Payment[] =>
  payments.map((payment) => (payment.signature === signature ? { ...payment, finalized: true } : payment));

function unplace({ rental, paidAt, placement }: Extract<Present, { status: 'placed' }>): RentalState {
  const failedPlacements = [...rental.failedPlacements, placement];
  return { status: 'paid', rental: { ...rental, failedPlacements }, paidAt };
}

function settled(state: Present, totals: RentalSettled): RentalState {
  if (state.status !== 'ended' && state.status !== 'expired') return state;
  const closing = state.status === 'ended' ? state.closing : null;
  return { status: 'settled', rental: state.rental, closing, totals };
}

function end(state: Present, ended: Closing['end']): RentalState {
  if (state.status === 'ended' || state.status === 'expired' || state.status === 'settled') return state;
  const run = state.status === 'running' ? state.run : null;
  const placement = state.status === 'placed' ? state.placement : (run?.placement ?? null);
  const closing: Closing = { end: ended, placement, run, meterClosed: null, accessRevokedAt: null };
  return { status: 'ended', rental: state.rental, closing };
}

type Noted = Extract<RentalFact, { type: 'UsageMetered' | 'MeterClosed' | 'AccessRevoked' }>;

/** Facts that still arrive after the end, and usage that also arrives before it. */
function note(state: Present, fact: Noted): RentalState {
  if (state.status === 'running') {
    if (fact.type !== 'UsageMetered') return state;
    return { ...state, run: { ...state.run, metered: [...state.run.metered, fact.data] } };
  }
  if (state.status !== 'ended' && state.status !== 'settled') return state;
  if (state.closing === null) return state;
  return { ...state, closing: noteClosing(state.closing, fact) };
}

function noteClosing(closing: Closing, fact: Noted): Closing {
  switch (fact.type) {
    case 'AccessRevoked':
      return { ...closing, accessRevokedAt: fact.data.revokedAt };
    case 'MeterClosed':
      return { ...closing, meterClosed: fact.data };
    case 'UsageMetered':
      return closing.run === null
        ? closing
        : { ...closing, run: { ...closing.run, metered: [...closing.run.metered, fact.data] } };
  }
}
