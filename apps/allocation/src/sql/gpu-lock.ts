/** The lock on GPUs in Postgres: choice, claims and draft are one transaction. */

import type { LeasedGpu } from '@tokenos/domain/rental/facts';
import { sql, type Kysely } from 'kysely';
import type { Claims, GpuLock, HeldGpu, Holdings } from '../ports/gpu-lock.js';
import { readDraft, saveDraft } from './drafts.js';
import { sqlFleet } from './fleet.js';
import type { AllocationTables } from './tables.js';

/** Any constants: whoever places or verifies holds this advisory lock. */
const PLACING = 7_061_001;
const VERIFYING = 7_061_002;

type Db = Kysely<AllocationTables>;

export function sqlGpuLock(db: Db): GpuLock {
  return {
    placing: (work) =>
      db.transaction().execute(async (tx) => {
        await sql`select pg_advisory_xact_lock(${PLACING})`.execute(tx);
        return work(claimsOf(tx));
      }),
    verifying: (work) =>
      db.transaction().execute(async (tx) => {
        // Not waited for: those who wait would take the connections that the one who holds it still needs.
        const { rows } = await sql<{ held: boolean }>`select pg_try_advisory_xact_lock(${VERIFYING}) as held`.execute(
          tx,
        );
        return rows[0]?.held === true ? work(holdingsOf(tx)) : null;
      }),
    async attemptsHolding(rentalId) {
      const rows = await db
        .selectFrom('gpu_claims')
        .select('attempt')
        .distinct()
        .where('rental_id', '=', rentalId)
        .orderBy('attempt')
        .execute();
      return rows.map((row) => row.attempt);
    },
    async release(rentalId, attempt) {
      await db.transaction().execute(async (tx) => {
        await tx
          .updateTable('gpu_claims')
          .set({ rental_id: null })
          .where('rental_id', '=', rentalId)
          .where('attempt', '=', attempt)
          .execute();
        await tx.deleteFrom('drafts').where('rental_id', '=', rentalId).where('attempt', '=', attempt).execute();
      });
    },
  };
}

const holdingsOf = (tx: Db): Holdings => ({
  fleet: sqlFleet(tx),
  async held(): Promise<HeldGpu[]> {
    const rows = await tx
      .selectFrom('gpu_claims')
      .leftJoin('rentals', 'rentals.rental_id', 'gpu_claims.rental_id')
      .select(['node_id', 'gpu_uuid', 'gpu_claims.rental_id', 'attempt', 'tier'])
      .where('gpu_claims.rental_id', 'is not', null)
      .orderBy('gpu_uuid')
      .orderBy('node_id')
      .execute();
    return rows.flatMap(({ node_id, gpu_uuid, rental_id, attempt, tier }) =>
      rental_id === null ? [] : [{ nodeId: node_id, gpuUuid: gpu_uuid, rentalId: rental_id, attempt, tier }],
    );
  },
});

const claimsOf = (tx: Db): Claims => ({
  ...holdingsOf(tx),
  draft: (rentalId, attempt) => readDraft(tx, rentalId, attempt),
  saveDraft: (rentalId, placed) => saveDraft(tx, rentalId, placed),
  async claim(rentalId, { nodeId, attempt }, gpuUuids): Promise<LeasedGpu[]> {
    const past = await lastEpochs(tx, gpuUuids);
    const leased = gpuUuids.map((uuid) => ({ uuid, leaseEpoch: (past.get(uuid) ?? 0) + 1 }));
    const rows = await tx
      .insertInto('gpu_claims')
      .values(
        leased.map(({ uuid, leaseEpoch }) => ({
          ...{ node_id: nodeId, gpu_uuid: uuid, rental_id: rentalId, attempt },
          lease_epoch: leaseEpoch,
        })),
      )
      .onConflict((conflict) =>
        conflict
          .columns(['gpu_uuid', 'node_id'])
          .doUpdateSet((row) => ({ rental_id: rentalId, attempt, lease_epoch: row.ref('excluded.lease_epoch') }))
          .where('gpu_claims.rental_id', 'is', null),
      )
      .returning('gpu_uuid')
      .execute();
    if (rows.length !== gpuUuids.length) throw new Error(`a GPU chosen for ${rentalId} is held by another rental`);
    return leased;
  },
});

async function lastEpochs(tx: Db, gpuUuids: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('gpu_claims')
    .select((claims) => ['gpu_uuid', claims.fn.max('lease_epoch').as('epoch')])
    .where('gpu_uuid', 'in', gpuUuids)
    .groupBy('gpu_uuid')
    .execute();
  return new Map(rows.map(({ gpu_uuid, epoch }) => [gpu_uuid, epoch]));
}
