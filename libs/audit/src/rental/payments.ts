/** Money in, and a request that expired without enough of it. */

import type { Here } from '../here.js';
import { amount, instant } from '../units.js';
import type { RentalData } from '../wire.js';
import { isPaid, type Rental } from './fold.js';

export function receive(rental: Rental, received: RentalData<'PaymentReceived'>, here: Here): void {
  here.books.transfers.credit(received, rental.requested, here);
  const { signature, payer, amountMicroUsdc, blockTime } = received;
  if (rental.payments.some((payment) => payment.signature === signature)) return;
  const inTime = instant(blockTime) <= instant(rental.requested.quote.expiresAt);
  rental.payments.push({ signature, payer, amount: amount(amountMicroUsdc), inTime, finalized: false });
}

export function finalize(rental: Rental, { signature }: RentalData<'PaymentFinalized'>, { note }: Here): void {
  const payment = rental.payments.find((candidate) => candidate.signature === signature);
  if (payment === undefined) note('order', `payment ${signature} is final before it was received`);
  else payment.finalized = true;
}

export function expire(rental: Rental, expired: RentalData<'RequestExpired'>, { note }: Here): void {
  const { expiresAt } = rental.requested.quote;
  if (rental.phase !== 'open' || isPaid(rental)) note('order', 'a request expires only while it is not paid');
  else if (instant(expired.scannedTo) <= instant(expiresAt)) note('order', 'expired before the scan passed its expiry');
  note.compare('order', 'its expiry is the quoted one', expiresAt, expired.expiresAt);
  rental.phase = 'expired';
}
