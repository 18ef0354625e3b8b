/** What follows a payment or its absence: it becomes final, or the request expires. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';
import { scannedThrough } from './watch.js';

const FINALITY_AGAIN: Millis = SECOND;
const EXPIRE_AGAIN: Millis = 5 * SECOND;

/** `key`: the payment's signature. */
export async function finality({ act, chain, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { rentalId } = duty.payload as { rentalId: string };
  const [status] = await chain.finality([duty.key]);
  if (status !== 'finalized') return { again: clock.now() + FINALITY_AGAIN };
  await act.handle(rentals, rentalId, () => ({ type: 'FinalizePayment', signature: duty.key }));
  return 'done';
}

/** Only once the finalized scan has passed the expiry: until then a payment made in time may still turn up. */
export async function expire(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock } = parts;
  const { state } = await act.load(rentals, rentalId);
  if (state.status !== 'requested') return 'done';
  const scannedTo = await scannedThrough(parts);
  if (scannedTo === null || scannedTo <= state.rental.quote.expiresAt) return { again: clock.now() + EXPIRE_AGAIN };
  await act.handle(rentals, rentalId, () => ({ type: 'ExpireRequest', scannedTo }));
  return 'done';
}
