/** Settlement's commands on money coming in: credit a transfer once, note its finality, let an unpaid request expire. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import type { Millis } from '../../time.js';
import type { PaymentReceived, RentalFact } from '../facts.js';
import type { RentalState } from '../state.js';
import { absent, wrongState } from './refuse.js';

/** Accepted in every state: money that came too late or too much is held here, and goes back from here. */
export function recordPayment(state: RentalState, payment: PaymentReceived): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  return state.rental.payments.some((known) => known.signature === payment.signature)
    ? ignored('credited already')
    : accepted({ type: 'PaymentReceived', data: payment });
}

export function finalizePayment(state: RentalState, signature: string): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  const payment = state.rental.payments.find((known) => known.signature === signature);
  if (payment === undefined) return rejected({ code: 'unknown_payment', context: { signature } });
  return payment.finalized ? ignored('final already') : accepted({ type: 'PaymentFinalized', data: { signature } });
}

/** Only after the finalized scan has passed the expiry: a payment made in time can then no longer appear. */
export function expire(state: RentalState, scannedTo: Millis): Outcome<RentalFact> {
  if (state.status === 'absent') return absent();
  if (state.status === 'expired') return ignored('expired already');
  if (state.status !== 'requested') return wrongState(state.status, 'ExpireRequest');
  const { expiresAt } = state.rental.quote;
  if (scannedTo <= expiresAt) return rejected({ code: 'too_early', context: { at: scannedTo, notBefore: expiresAt } });
  return accepted({ type: 'RequestExpired', data: { expiresAt, scannedTo } });
}
