/** A machine that is gone under a running rental: the rental is interrupted, and looks for another one. */

import type { RentalInterrupted } from '@tokenos/domain/rental/interruption';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { nodes, rentals } from '../streams.js';

export const SILENT = 'the machine is silent and its probe fails';
const DIED = 'the agent reports that the lease died';
export const WITHDRAWN = 'the operator withdrew the machine';

export async function interrupt({ act }: Parts, rentalId: string, attempt: number, why: string): Promise<void> {
  await act.handle(rentals, rentalId, (at) => ({ type: 'InterruptRental', at, attempt, why, fault: 'operator' }));
}

/** How a rental ends that no other machine takes. */
export const endOfInterrupted = ({ why, fault }: RentalInterrupted) => ({
  reason: why === WITHDRAWN ? ('operator_withdrew' as const) : ('node_failed' as const),
  fault,
});

/** The agent itself says that the lease died under a running rental. */
export async function reportLost(parts: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt } = duty.payload as { readonly attempt: number };
  const { state } = await parts.act.load(rentals, duty.key);
  if (state.status === 'running') await interrupt(parts, duty.key, attempt, DIED);
  return 'done';
}

/** A machine retired with leases on it: each looks for another one. One that is placed there meanwhile is met by its next probe. */
export async function withdraw(parts: Parts, { key: nodeId }: Duty): Promise<DutyOutcome> {
  const { act, fleet } = parts;
  const { state } = await act.load(nodes, nodeId);
  if (state.status !== 'retired') return 'done';
  for (const { rentalId, attempt, phase } of await fleet.openLeases(nodeId)) {
    if (phase === 'running') await interrupt(parts, rentalId, attempt, WITHDRAWN);
    if (phase !== 'starting') continue;
    await act.handle(rentals, rentalId, () => ({ type: 'FailPlacement', attempt, why: WITHDRAWN, fault: 'operator' }));
  }
  return 'done';
}
