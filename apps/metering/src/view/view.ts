/** Metering's view: which key signs for which node. Rentals it re-reads from their streams. */

import { categoryOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import type { View } from '@tokenos/runtime/views/view';
import type { Repositories } from '../repositories/port.js';
import { postgresRepositories } from '../repositories/postgres.js';
import { migrations, type MeteringTables } from './tables.js';

export const meteringView: View<MeteringTables> = {
  migrations,
  tables: ['nodes'],
  apply: (tx, envelope) => foldFact(postgresRepositories(tx), envelope),
};

/** The same on every adapter. */
export async function foldFact({ nodeKeys }: Repositories, envelope: Envelope): Promise<void> {
  if (categoryOf(envelope.stream) !== 'node') return;
  const fact = nodeStream.decode(envelope);
  if (fact.type === 'NodeEnrolled') await nodeKeys.learn(fact.data.nodeId, fact.data.nodeKey);
}
