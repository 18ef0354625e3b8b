/** Whether a payment made now could still make a rental longer. Pure. */

import type { RentalState } from '@tokenos/domain/rental/state';
import type { Millis } from '@tokenos/domain/time';

/** Only while it runs, has not been told to yield, and the offer stood when the chain took the payment; each extension once. */
export function canExtend(state: RentalState, extensionId: string, blockTime: Millis): boolean {
  if (state.status !== 'running' || state.run.notice !== null) return false;
  const quoted = state.rental.extensions.find((extension) => extension.extensionId === extensionId);
  return quoted !== undefined && !quoted.extended && blockTime <= quoted.expiresAt;
}
