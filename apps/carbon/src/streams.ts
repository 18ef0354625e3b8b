/** The streams carbon reads, and the one it writes to, narrowed to its own commands: one fact type has exactly one author. */

import type { Site } from '@tokenos/contracts/carbon/attribution';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { CarbonCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export const rentals: StreamKind<RentalState, CarbonCommand, RentalFact> = rentalStream;

/** A machine's stream, folded into where it stands; null where it never enrolled. That outlives its retirement. */
export const sites: StreamKind<Site | null, never, NodeFact> = {
  ...nodeStream,
  decider: { initialState: null, decide: (_, command) => command, evolve: stand },
};

function stand(site: Site | null, fact: NodeFact): Site | null {
  if (fact.type === 'NodeEnrolled') return { country: fact.data.country, puePercent: null };
  return site !== null && fact.type === 'NodePueDeclared' ? { ...site, puePercent: fact.data.puePercent } : site;
}
