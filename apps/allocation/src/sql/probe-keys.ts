/** The platform's probe keys, in Postgres. */

import type { Kysely } from 'kysely';
import type { NewKeyPair, ProbeKeys } from '../ports/probe-keys.js';
import type { AllocationTables } from './tables.js';

export function sqlProbeKeys(db: Kysely<AllocationTables>, newKeyPair: NewKeyPair): ProbeKeys {
  return {
    async ensure(rentalId, attempt) {
      const { publicKey, privateKey } = newKeyPair();
      await db
        .insertInto('probe_keys')
        .values({ rental_id: rentalId, attempt, public_key: publicKey, private_key: privateKey })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    async publicKeys(rentalId) {
      const rows = await db
        .selectFrom('probe_keys')
        .select(['attempt', 'public_key'])
        .where('rental_id', '=', rentalId)
        .execute();
      return new Map(rows.map((row) => [row.attempt, row.public_key]));
    },
    async privateKey(rentalId, attempt) {
      const row = await db
        .selectFrom('probe_keys')
        .select('private_key')
        .where('rental_id', '=', rentalId)
        .where('attempt', '=', attempt)
        .executeTakeFirstOrThrow();
      return row.private_key;
    },
    async forget(rentalId) {
      await db.deleteFrom('probe_keys').where('rental_id', '=', rentalId).execute();
    },
  };
}
