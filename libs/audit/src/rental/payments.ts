/** Money in: credited, final or vanished; and a request that expired without enough of it. */

import type { Here } from '../here.js';
import { amount, instant, total } from '../units.js';
import type { RentalData } from '../wire.js';
import { extensionOf, inTimeFor, isPaid, type Rental } from './fold.js';

export function receive(rental: Rental, received: RentalData<'PaymentReceived'>, here: Here): void {
  const { signature, payer, amountMicroUsdc, extensionId = null } = received;
  const extension = extensionId === null ? null : extensionOf(rental, extensionId);
  if (extension === undefined) here.note('matching', `there is no extension ${extensionId} to pay`);
  const asked = extension?.quoted ?? rental.requested.quote;
  const reference = extension?.quoted.reference ?? rental.requested.payment.reference;
  const { rentalId, payment: asking } = rental.requested;
  here.books.transfers.credit(received, { rentalId, mint: asking.mint, reference, total: asked.totalMicroUsdc }, here);
  const known = rental.payments.findIndex((payment) => payment.signature === signature);
  if (known >= 0 && !rental.payments[known]?.vanished) return;
  if (known >= 0) rental.payments.splice(known, 1);
  rental.wallet ??= payer;
  const blockTime = instant(received.blockTime);
  const inTime = extension !== undefined && blockTime <= instant(asked.expiresAt);
  const facts = { signature, payer, amountMicroUsdc, blockTime, extensionId, inTime };
  rental.payments.push({ ...facts, finalized: false, vanished: false });
  covers(rental, extensionId, here);
}

/** What the newest payment completes: the request, or an extension that is still to be had. */
function covers(rental: Rental, extensionId: string | null, { books, stream, at }: Here): void {
  if (extensionId === null) {
    if (rental.paidAt !== null || rental.phase !== 'open' || !isPaid(rental)) return;
    rental.paidAt = Math.max(...inTimeFor(rental, null).map((payment) => payment.blockTime));
    rental.seekingSince = at;
    books.yielding.seePaid(stream, at);
    return;
  }
  const extension = extensionOf(rental, extensionId);
  const open = rental.phase === 'running' && rental.run?.notice === null;
  if (extension === undefined || extension.extended || !open) return;
  if (isSold(rental, extensionId)) rental.dueExtension = extensionId;
}

/** In time, and all of it. */
export function isSold(rental: Rental, extensionId: string): boolean {
  const came = total(inTimeFor(rental, extensionId).map((payment) => amount(payment.amountMicroUsdc)));
  const extension = extensionOf(rental, extensionId);
  return extension !== undefined && came >= amount(extension.quoted.totalMicroUsdc);
}

export function finalize(rental: Rental, { signature }: RentalData<'PaymentFinalized'>, { note }: Here): void {
  const payment = rental.payments.find((candidate) => candidate.signature === signature);
  if (payment === undefined) note('order', `payment ${signature} is final before it was received`);
  else if (payment.vanished) note('order', `payment ${signature} is final though it vanished`);
  else payment.finalized = true;
}

/** What is final stays: only what never became final can vanish. */
export function vanish(rental: Rental, { signature }: RentalData<'PaymentVanished'>, { note, books }: Here): void {
  const payment = rental.payments.find((candidate) => candidate.signature === signature);
  if (payment === undefined) note('order', `payment ${signature} vanished before it was received`);
  else if (payment.finalized) note('order', `payment ${signature} vanished though it is final`);
  else if (payment.vanished) note('order', `payment ${signature} vanished twice`);
  else {
    payment.vanished = true;
    books.transfers.vanish(signature);
  }
}

export function expire(rental: Rental, expired: RentalData<'RequestExpired'>, { note }: Here): void {
  const { expiresAt } = rental.requested.quote;
  if (rental.phase !== 'open' || isPaid(rental)) note('order', 'a request expires only while it is not paid');
  else if (instant(expired.scannedTo) <= instant(expiresAt)) note('order', 'expired before the scan passed its expiry');
  note.compare('order', 'its expiry is the quoted one', expiresAt, expired.expiresAt);
  rental.phase = 'expired';
}
