/** Money that never came: a rental whose remaining payments do not cover what is owed is over. */

import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

/** The decider knows what is covered, and refuses where the rest is enough. */
export async function endUncovered({ act }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  if (state.status === 'absent' || state.status === 'requested') return 'done';
  await act.handle(rentals, rentalId, (at) => ({ type: 'EndRental', at, reason: 'payment_vanished', fault: 'buyer' }));
  return 'done';
}
