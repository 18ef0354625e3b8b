/** The meter is closed: what the rental emitted becomes a fact, once, with every factor that was used. */

import { attribution, type Site } from '@tokenos/contracts/carbon/attribution';
import { servedMachines } from '@tokenos/domain/carbon/served';
import { closingOf } from '@tokenos/domain/rental/state';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals, sites } from '../streams.js';

/** Refused is what we asked of a stream that has moved on: thrown, so that the duty looks again, and alarms if that does not help. */
export async function attribute({ act }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { state } = await act.load(rentals, rentalId);
  const closing = closingOf(state);
  if (state.status === 'absent' || closing === null) return 'done';
  if (closing.run === null || closing.meterClosed === null || state.rental.carbon !== null) return 'done';
  const { terms } = state.rental;
  const machines = servedMachines(closing.run);
  const standing = await Promise.all(
    machines.map(async (machine) => ({ ...machine, ...(await siteOf(act, machine.nodeId)) })),
  );
  const carbon = attribution(terms, standing);
  const handled = await act.handle(rentals, rentalId, () => ({ type: 'AttributeCarbon', carbon }));
  if (handled.kind === 'rejected') throw new Error(`the carbon of rental ${rentalId}: ${handled.rejection.code}`);
  return 'done';
}

/** From the machine's own stream, at this moment: the PUE in the fact is the one declared by now. */
async function siteOf(act: Parts['act'], nodeId: string): Promise<Site> {
  const { state: site } = await act.load(sites, nodeId);
  if (site === null) throw new Error(`machine ${nodeId} served a rental and never enrolled`);
  return site;
}
