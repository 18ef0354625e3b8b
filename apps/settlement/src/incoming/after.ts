/** What follows a payment or its absence: it becomes final, or the request expires. */

import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

const EXPIRE_AGAIN: Millis = 5 * SECOND;
/** A payment seen confirmed is final within seconds; after this much wall time something is wrong with it, or with the chain. */
const FINAL_WITHIN_MS = 5 * MINUTE;

/** `key`: the payment's signature. */
export async function finality(parts: Parts, { key: signature, payload }: Duty): Promise<DutyOutcome> {
  const { rentalId, blockTime } = payload as { rentalId: string; blockTime: Millis };
  const pending = await awaitFinality(parts, signature, blockTime);
  if (pending !== null) return pending;
  await parts.act.handle(rentals, rentalId, () => ({ type: 'FinalizePayment', signature }));
  return 'done';
}

/** Null once it is final; before that, when to ask again. Money that does not become final is never paid out, and alarmed. */
export async function awaitFinality(
  { chain, clock, signals }: Parts,
  signature: string,
  blockTime: Millis,
): Promise<DutyOutcome | null> {
  const [status] = await chain.finality([signature]);
  if (status === 'finalized') return null;
  if (status !== 'failed' && clock.toWallDuration(clock.now() - blockTime) < FINAL_WITHIN_MS) {
    return askAgain(clock, PAUSE.finality);
  }
  signals.alarm('payment_not_final', { signature, status });
  return askAgain(clock, PAUSE.stuck);
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
