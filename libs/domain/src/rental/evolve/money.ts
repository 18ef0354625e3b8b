/** How money coming in changes a rental: payments credited, final or vanished, and extensions quoted and paid. */

import { sum, type MicroUsdc } from '../../money.js';
import type { ExtensionQuoted, RentalExtended } from '../extension.js';
import type { PaymentReceived } from '../facts.js';
import type { Payment, Present, Rental, RentalState } from '../state.js';

export function credit(state: Present, received: PaymentReceived): RentalState {
  const { payments } = state.rental;
  const payment: Payment = { ...received, finalized: false, vanished: false, inTime: isInTime(state.rental, received) };
  // One that vanished and landed again counts once.
  const others = payments.filter((known) => !known.vanished || known.signature !== received.signature);
  const rental: Rental = { ...state.rental, payments: [...others, payment] };
  if (state.status !== 'requested') return { ...state, rental };
  const inTime = inTimeFor(rental, null);
  if (sum(inTime.map((p) => p.amountMicroUsdc)) < rental.quote.totalMicroUsdc) return { ...state, rental };
  return { status: 'paid', rental, paidAt: Math.max(...inTime.map((p) => p.blockTime)) };
}

/** Block time within the life of the quote it pays. */
export function isInTime({ quote, extensions }: Rental, { blockTime, extensionId }: PaymentReceived): boolean {
  if (extensionId === undefined) return blockTime <= quote.expiresAt;
  const extension = extensions.find((one) => one.extensionId === extensionId);
  return extension !== undefined && blockTime <= extension.expiresAt;
}

/** Payments in time for the request (null) or for one extension. */
export const inTimeFor = ({ payments }: Pick<Rental, 'payments'>, extensionId: string | null): readonly Payment[] =>
  payments.filter((p) => p.inTime && !p.vanished && (p.extensionId ?? null) === extensionId);

/** What the minutes sold so far cost at most: the quote, and every extension that was paid. */
export const owed = ({ quote, extensions }: Pick<Rental, 'quote' | 'extensions'>): MicroUsdc =>
  sum([quote.totalMicroUsdc, ...extensions.filter((one) => one.extended).map((one) => one.totalMicroUsdc)]);

const change = (state: Present, signature: string, news: Partial<Payment>): RentalState => ({
  ...state,
  rental: {
    ...state.rental,
    payments: state.rental.payments.map((p) => (p.signature === signature ? { ...p, ...news } : p)),
  },
});

export const finalize = (state: Present, signature: string): RentalState =>
  change(state, signature, { finalized: true });

export const vanish = (state: Present, signature: string): RentalState => change(state, signature, { vanished: true });

export const quoteExtension = (state: Present, quoted: ExtensionQuoted): RentalState => ({
  ...state,
  rental: { ...state.rental, extensions: [...state.rental.extensions, { ...quoted, extended: false }] },
});

export function extend(state: Present, { extensionId, endsAt }: RentalExtended): RentalState {
  if (state.status !== 'running') return state;
  const extensions = state.rental.extensions.map((one) =>
    one.extensionId === extensionId ? { ...one, extended: true } : one,
  );
  return { ...state, rental: { ...state.rental, extensions }, run: { ...state.run, endsAt } };
}
