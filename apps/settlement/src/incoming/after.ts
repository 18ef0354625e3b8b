/** What follows a payment or its absence: it becomes final, it vanishes, or the request expires. */

import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { SeenPayment } from '../chain/port.js';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

const EXPIRE_AGAIN: Millis = 5 * SECOND;
/** A payment seen confirmed is final within seconds; after this much wall time something is wrong with it, or with the chain. */
const FINAL_WITHIN_MS = 5 * MINUTE;

/** `key`: the payment's signature. One that vanished and lands again is found again by the scan, and credited again. */
export async function finality(parts: Parts, { key: signature, payload }: Duty): Promise<DutyOutcome> {
  const { act, signals } = parts;
  const { rentalId } = payload as { rentalId: string };
  const { state } = await act.load(rentals, rentalId);
  const payments = state.status === 'absent' ? [] : state.rental.payments;
  const payment = payments.find((known) => known.signature === signature);
  if (payment === undefined || payment.finalized || payment.vanished) return 'done';
  const fate = await fateOf(parts, payment);
  switch (fate.kind) {
    case 'final':
      await act.handle(rentals, rentalId, () => ({ type: 'FinalizePayment', signature }));
      return 'done';
    case 'vanished':
      signals.alarm('payment_vanished', { signature, rentalId });
      await act.handle(rentals, rentalId, () => ({ type: 'VanishPayment', signature }));
      return 'done';
    case 'pending':
      return fate.outcome;
  }
}

/** `pending`: not known yet, and when to ask again. */
export type Fate =
  { readonly kind: 'final' | 'vanished' } | { readonly kind: 'pending'; readonly outcome: DutyOutcome };

/** Money that does not become final is never paid out; where nobody can tell what became of it, a person must look. */
export async function fateOf(
  { chain, clock, signals }: Parts,
  payment: SeenPayment & { readonly blockTime: Millis },
): Promise<Fate> {
  const { signature } = payment;
  const { kind: trace } = await chain.trace(payment);
  if (trace === 'finalized') return { kind: 'final' };
  if (trace === 'gone' || trace === 'failed') return { kind: 'vanished' };
  const waitedMs = clock.toWallDuration(clock.now() - payment.blockTime);
  if (trace === 'on_its_way' && waitedMs < FINAL_WITHIN_MS) {
    return { kind: 'pending', outcome: askAgain(clock, PAUSE.finality) };
  }
  signals.alarm('payment_not_final', { signature, trace });
  return { kind: 'pending', outcome: askAgain(clock, PAUSE.stuck) };
}

/** Only once the finalized scan has passed the expiry: until then a payment made in time may still turn up. */
export async function expire(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock, scans } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'requested') return 'done';
  const scannedTo = await scans.finalizedThrough('treasury');
  if (scannedTo === null || scannedTo <= state.rental.quote.expiresAt) return { again: clock.now() + EXPIRE_AGAIN };
  await act.handle(rentals, rentalId, () => ({ type: 'ExpireRequest', scannedTo }));
  return 'done';
}
