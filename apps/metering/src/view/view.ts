/** Metering's view: which key signs for which node. Rentals it re-reads from their streams. */

import { categoryOf } from '@tokenos/contracts/envelope/envelope';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import type { View } from '@tokenos/runtime/views/view';
import { migrations, type MeteringTables } from './tables.js';

export const meteringView: View<MeteringTables> = {
  migrations,
  tables: ['nodes'],
  async apply(tx, envelope) {
    if (categoryOf(envelope.stream) !== 'node') return;
    const fact = nodeStream.decode(envelope);
    if (fact.type !== 'NodeEnrolled') return;
    await tx.insertInto('nodes').values({ node_id: fact.data.nodeId, node_key: fact.data.nodeKey }).execute();
  },
};
