/** The gateway's view: indexes over rentals, machines, operators and anchors, folded from the facts it hears. */

import { categoryOf, idOf } from '@tokenos/contracts/envelope/envelope';
import { anchorStream, nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { View } from '@tokenos/runtime/views/view';
import { applyAnchorFact } from './anchors.js';
import { applyNodeFact } from './nodes.js';
import { applyOperatorFact } from './operators.js';
import { applyRentalFact } from './rentals.js';
import { migrations, type GatewayTables } from './tables.js';

export const CATEGORIES = ['rental', 'node', 'operator', 'anchor'] as const;

export const gatewayView: View<GatewayTables> = {
  migrations,
  tables: ['rentals', 'served', 'held_gpus', 'nodes', 'operators', 'scores', 'anchors'],
  async apply(tx, envelope, { last }) {
    const id = idOf(envelope.stream);
    switch (categoryOf(envelope.stream)) {
      case 'node':
        return applyNodeFact(tx, id, nodeStream.decode(envelope));
      case 'operator':
        return applyOperatorFact(tx, id, operatorStream.decode(envelope));
      case 'anchor':
        return applyAnchorFact(tx, id, anchorStream.decode(envelope));
      default:
        return applyRentalFact(tx, id, rentalStream.decode(envelope), { at: Date.parse(envelope.at), last });
    }
  },
};
