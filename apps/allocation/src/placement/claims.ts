/** The lock on GPUs: choice, claims and draft are one transaction; the fact follows, and after a crash it follows from the draft. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { LeasedGpu, RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Rental } from '@tokenos/domain/rental/state';
import type { Clock } from '@tokenos/runtime/clock';
import { sql, type Kysely, type Transaction } from 'kysely';
import type { AllocationTables } from '../view/tables.js';
import { gatherCandidates, type Machines } from './candidates.js';
import { choose } from './choose.js';

/** Any constant: whoever places holds this advisory lock, so that two choices never see the same idle GPU. */
const PLACING = 7_061_001;

export interface ClaimParts {
  readonly db: Kysely<AllocationTables>;
  readonly clock: Clock;
  readonly machines: Machines;
}

/** The draft of this attempt: the one made before a crash, or a new one with its GPUs claimed. Null where no node fits. */
export async function draftPlacement(
  { db, clock, machines }: ClaimParts,
  rental: Rental,
  attempt: number,
): Promise<RentalPlaced | null> {
  return db.transaction().execute(async (tx) => {
    await sql`select pg_advisory_xact_lock(${PLACING})`.execute(tx);
    const known = await readDraft(tx, rental.rentalId, attempt);
    if (known !== null) return known;
    const nodes = await gatherCandidates(tx, rental.rentalId, machines);
    const chosen = choose(rental, attempt, nodes);
    if (chosen === null) return null;
    const { gpuUuids, ...rest } = chosen;
    const gpus = await claim(tx, rental.rentalId, rest, gpuUuids);
    const placed: RentalPlaced = { ...rest, gpus, placedAt: clock.now() };
    await saveDraft(tx, rental.rentalId, placed);
    return placed;
  });
}

/** All of them or an error: whoever places holds the lock, so nobody else can have taken one since it was seen idle. */
async function claim(
  tx: Transaction<AllocationTables>,
  rentalId: string,
  { nodeId, attempt }: Pick<RentalPlaced, 'nodeId' | 'attempt'>,
  gpuUuids: readonly string[],
): Promise<LeasedGpu[]> {
  const past = await lastEpochs(tx, gpuUuids);
  const rows = await tx
    .insertInto('gpu_claims')
    .values(
      gpuUuids.map((uuid) => ({
        ...{ node_id: nodeId, gpu_uuid: uuid, rental_id: rentalId, attempt },
        lease_epoch: (past.get(uuid) ?? 0) + 1,
      })),
    )
    .onConflict((conflict) =>
      conflict
        .columns(['gpu_uuid', 'node_id'])
        .doUpdateSet((row) => ({
          rental_id: rentalId,
          attempt,
          lease_epoch: row.ref('excluded.lease_epoch'),
        }))
        .where('gpu_claims.rental_id', 'is', null),
    )
    .returning(['gpu_uuid', 'lease_epoch'])
    .execute();
  if (rows.length !== gpuUuids.length) throw new Error(`a GPU chosen for ${rentalId} is held by another rental`);
  return rows.map((row) => ({ uuid: row.gpu_uuid, leaseEpoch: row.lease_epoch }));
}

/** Of the card, wherever it has been: in another machine, after the one it was in retired, its epochs rise on. */
async function lastEpochs(
  tx: Transaction<AllocationTables>,
  gpuUuids: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await tx
    .selectFrom('gpu_claims')
    .select((claims) => ['gpu_uuid', claims.fn.max('lease_epoch').as('epoch')])
    .where('gpu_uuid', 'in', gpuUuids)
    .groupBy('gpu_uuid')
    .execute();
  return new Map(rows.map(({ gpu_uuid, epoch }) => [gpu_uuid, epoch]));
}

/** Attempts of a rental that hold GPUs. */
export async function attemptsHolding(db: Kysely<AllocationTables>, rentalId: string): Promise<number[]> {
  const rows = await db
    .selectFrom('gpu_claims')
    .select('attempt')
    .distinct()
    .where('rental_id', '=', rentalId)
    .execute();
  return rows.map((row) => row.attempt);
}

/** Lets go of the GPUs of one attempt, and of its draft. Twice is as good as once. */
export async function release(db: Kysely<AllocationTables>, rentalId: string, attempt: number): Promise<void> {
  await db.transaction().execute(async (tx) => {
    await tx
      .updateTable('gpu_claims')
      .set({ rental_id: null })
      .where('rental_id', '=', rentalId)
      .where('attempt', '=', attempt)
      .execute();
    await tx.deleteFrom('drafts').where('rental_id', '=', rentalId).where('attempt', '=', attempt).execute();
  });
}

async function readDraft(
  tx: Transaction<AllocationTables>,
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

async function saveDraft(tx: Transaction<AllocationTables>, rentalId: string, placed: RentalPlaced): Promise<void> {
  const stored = rentalStream.encode({ type: 'RentalPlaced', data: placed });
  await tx
    .insertInto('drafts')
    .values({ rental_id: rentalId, attempt: placed.attempt, placed: JSON.stringify(stored) })
    .execute();
}
