/** The platform's own key into an attempt: fresh each time, kept here, good for one fixed signed answer and nothing else. */

import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import type { Kysely } from 'kysely';
import type { AllocationTables } from '../view/tables.js';

/** Makes the attempt's key where there is none yet; twice is as good as once. */
export async function ensureProbeKey(db: Kysely<AllocationTables>, rentalId: string, attempt: number): Promise<void> {
  const pair = newSshKeyPair('tokenos-probe');
  await db
    .insertInto('probe_keys')
    .values({ rental_id: rentalId, attempt, public_key: pair.publicKey, private_key: pair.privateKey })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

export async function probePublicKeys(
  db: Kysely<AllocationTables>,
  rentalId: string,
): Promise<ReadonlyMap<number, string>> {
  const rows = await db
    .selectFrom('probe_keys')
    .select(['attempt', 'public_key'])
    .where('rental_id', '=', rentalId)
    .execute();
  return new Map(rows.map((row) => [row.attempt, row.public_key]));
}

export async function probePrivateKey(
  db: Kysely<AllocationTables>,
  rentalId: string,
  attempt: number,
): Promise<string> {
  const row = await db
    .selectFrom('probe_keys')
    .select('private_key')
    .where('rental_id', '=', rentalId)
    .where('attempt', '=', attempt)
    .executeTakeFirstOrThrow();
  return row.private_key;
}

/** Once no machine holds the lease any more. */
export async function forgetProbeKeys(db: Kysely<AllocationTables>, rentalId: string): Promise<void> {
  await db.deleteFrom('probe_keys').where('rental_id', '=', rentalId).execute();
}
