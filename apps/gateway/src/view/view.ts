/** The gateway's view: indexes over rentals and machines, folded from the facts it hears. */

import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { View } from '@tokenos/runtime/views/view';
import { applyNodeFact } from './nodes.js';
import { applyRentalFact } from './rentals.js';
import { migrations, type GatewayTables } from './tables.js';

export const CATEGORIES = ['rental', 'node'] as const;

export const gatewayView: View<GatewayTables> = {
  migrations,
  tables: ['rentals', 'served', 'held_gpus', 'nodes'],
  async apply(tx, envelope) {
    const id = idOf(envelope.stream);
    if (categoryOf(envelope.stream) === 'node') await applyNodeFact(tx, id, nodeStream.decode(envelope));
    else await applyRentalFact(tx, id, rentalStream.decode(envelope), Date.parse(envelope.at));
  },
};
