/** Reads a rental's facts back from a history's envelopes, as a service reads them from the store. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';

export const factsOf = (envelopes: readonly Envelope[], rentalId: string): readonly RentalFact[] =>
  envelopes.filter((envelope) => envelope.stream === `rental-${rentalId}`).map(rentalStream.decode);
