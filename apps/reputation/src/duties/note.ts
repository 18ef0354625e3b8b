/** Writes down what a rental says of its operators, from its whole stream. Safe to repeat: what was said once stays as it is. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { outcomesOf } from '@tokenos/domain/reputation/outcomes';
import type { DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';

export async function note({ records, read }: Pick<Parts, 'records' | 'read'>, rentalId: string): Promise<DutyOutcome> {
  const envelopes = await read(`rental-${rentalId}`);
  const told = envelopes.map((envelope) => ({ fact: rentalStream.decode(envelope), at: Date.parse(envelope.at) }));
  await records.keep(rentalId, outcomesOf(told));
  // Last, and only as far as was read: a rental that is not marked is written down.
  await records.settle(rentalId, envelopes.length - 1);
  return 'done';
}
