/** Allocation's view: nodes and leases, folded from the facts it hears. */

import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import type { View } from '@tokenos/runtime/views/view';
import { applyRentalFact } from './leases.js';
import { applyNodeFact } from './nodes.js';
import { migrations, type AllocationTables } from './tables.js';

export const allocationView: View<AllocationTables> = {
  migrations,
  tables: ['nodes', 'leases'],
  async apply(tx, envelope) {
    const id = idOf(envelope.stream);
    if (categoryOf(envelope.stream) === 'node') await applyNodeFact(tx, id, nodeStream.decode(envelope));
    else await applyRentalFact(tx, id, rentalStream.decode(envelope));
  },
};
