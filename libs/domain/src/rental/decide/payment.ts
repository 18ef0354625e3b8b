/** Settlement's commands on money coming in: credit a transfer once, note that it is final or vanished, let an unpaid request expire. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { sum } from '../../money.js';
import { MINUTE, type Millis } from '../../time.js';
import { credit, inTimeFor } from '../evolve/money.js';
import type { PaymentReceived, RentalFact } from '../facts.js';
import type { Present } from '../state.js';
import { wrongState } from './refuse.js';

/** Accepted in every state: money that came too late or too much is held here, and goes back from here. */
export function recordPayment(state: Present, payment: PaymentReceived): Outcome<RentalFact> {
  const known = state.rental.payments.find(({ signature }) => signature === payment.signature);
  if (known !== undefined && !known.vanished) return ignored('credited already');
  const received: RentalFact = { type: 'PaymentReceived', data: payment };
  const extended = extension(state, payment);
  return extended === null ? accepted(received) : accepted(received, extended);
}

/** The payment that completes an extension extends the term, if it still runs and has not been told to yield. */
function extension(state: Present, payment: PaymentReceived): RentalFact | null {
  if (state.status !== 'running' || state.run.notice !== null) return null;
  const quoted = state.rental.extensions.find(({ extensionId }) => extensionId === payment.extensionId);
  if (quoted === undefined || quoted.extended) return null;
  const after = credit(state, payment);
  if (after.status === 'absent') return null;
  const { extensionId, minutes, totalMicroUsdc } = quoted;
  const paid = sum(inTimeFor(after.rental, extensionId).map((p) => p.amountMicroUsdc));
  if (paid < totalMicroUsdc) return null;
  const endsAt = state.run.endsAt + minutes * MINUTE;
  return { type: 'RentalExtended', data: { extensionId, minutes, endsAt } };
}

export function finalizePayment(state: Present, signature: string): Outcome<RentalFact> {
  const payment = state.rental.payments.find((known) => known.signature === signature);
  if (payment === undefined) return rejected({ code: 'unknown_payment', context: { signature } });
  if (payment.vanished) return ignored('it has vanished');
  return payment.finalized ? ignored('final already') : accepted({ type: 'PaymentFinalized', data: { signature } });
}

/** Only what never became final can vanish. */
export function vanishPayment(state: Present, signature: string): Outcome<RentalFact> {
  const payment = state.rental.payments.find((known) => known.signature === signature);
  if (payment === undefined) return rejected({ code: 'unknown_payment', context: { signature } });
  if (payment.finalized) return rejected({ code: 'payment_is_final', context: { signature } });
  return payment.vanished ? ignored('vanished already') : accepted({ type: 'PaymentVanished', data: { signature } });
}

/** Only after the finalized scan has passed the expiry: a payment made in time can then no longer appear. */
export function expire(state: Present, scannedTo: Millis): Outcome<RentalFact> {
  if (state.status === 'expired') return ignored('expired already');
  if (state.status !== 'requested') return wrongState(state.status, 'ExpireRequest');
  const { expiresAt } = state.rental.quote;
  if (scannedTo <= expiresAt) return rejected({ code: 'too_early', context: { at: scannedTo, notBefore: expiresAt } });
  return accepted({ type: 'RequestExpired', data: { expiresAt, scannedTo } });
}
