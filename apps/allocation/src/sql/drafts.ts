/** Drafts in Postgres: what was chosen, in the fact's own stored form, so that after a crash the same fact is appended. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Kysely } from 'kysely';
import type { AllocationTables } from './tables.js';

export async function readDraft(
  tx: Kysely<AllocationTables>,
  rentalId: string,
  attempt: number,
): Promise<RentalPlaced | null> {
  const row = await tx
    .selectFrom('drafts')
    .select('placed')
    .where('rental_id', '=', rentalId)
    .where('attempt', '=', attempt)
    .executeTakeFirst();
  if (row === undefined) return null;
  const fact = rentalStream.decode(row.placed as Parameters<typeof rentalStream.decode>[0]);
  if (fact.type !== 'RentalPlaced') throw new Error(`the draft of ${rentalId} is a ${fact.type}`);
  return fact.data;
}

export async function saveDraft(tx: Kysely<AllocationTables>, rentalId: string, placed: RentalPlaced): Promise<void> {
  const stored = rentalStream.encode({ type: 'RentalPlaced', data: placed });
  await tx
    .insertInto('drafts')
    .values({ rental_id: rentalId, attempt: placed.attempt, placed: JSON.stringify(stored) })
    .execute();
}
