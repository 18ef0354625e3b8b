/** Folds facts into what reputation keeps. What a rental comes to is worked out from its whole stream: here it is only marked. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream, operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { dayOf } from '@tokenos/domain/day';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { View } from '@tokenos/runtime/views/view';
import type { Records } from '../repositories/port.js';
import { note } from '../duties/note.js';
import { postgresRecords } from '../repositories/postgres.js';
import { migrations, type ReputationTables } from './tables.js';

export const CATEGORIES = ['rental', 'node', 'operator'];

export const reputationView: View<ReputationTables> = {
  migrations,
  tables: ['operators', 'nodes', 'uptime', 'touched', 'jobs', 'ratings'],
  apply: (tx, envelope) => foldFact(postgresRecords(tx), envelope),
  // Jobs and ratings are written down by the duties of the rentals that are marked.
  async complete(tx, read) {
    const records = postgresRecords(tx);
    for (const rentalId of await records.touched()) await note({ records, read }, rentalId);
  },
};

/** The same on every adapter. */
export async function foldFact(records: Records, envelope: Envelope): Promise<void> {
  const id = idOf(envelope.stream);
  const at = Date.parse(envelope.at);
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      if (saysOutcome(rentalStream.decode(envelope))) await records.touch(id, envelope.revision);
      return;
    case 'node': {
      const fact = nodeStream.decode(envelope);
      if (fact.type === 'NodeEnrolled') await records.enrol(id, fact.data.operatorId);
      if (fact.type === 'NodeUptimeRecorded') await records.recordUptime(id, { ...fact.data, recordedAt: at });
      return;
    }
    case 'operator': {
      const fact = operatorStream.decode(envelope);
      if (fact.type === 'OperatorRegistered') await records.register(id, dayOf(at));
      if (fact.type === 'ReputationRecomputed') await records.scored(id, fact.data.day);
    }
  }
}

/** Whether a fact can change what a rental says of its operators. */
export function saysOutcome(fact: RentalFact): boolean {
  switch (fact.type) {
    case 'PlacementFailed':
    case 'RentalInterrupted':
    case 'RentalEnded':
      return fact.data.fault === 'operator';
    default:
      return fact.type === 'MeterClosed' || fact.type === 'RentalRated';
  }
}
