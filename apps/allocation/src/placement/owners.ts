/** Which machine a GPU is in, where another one says that it has it. */

import type { Kysely } from 'kysely';
import type { AllocationTables } from '../view/tables.js';

export interface Owner {
  readonly nodeId: string;
  readonly gpuUuid: string;
  /** False: it has retired, and a lease of it still holds the GPU. */
  readonly live: boolean;
}

/** A verified node that has one of these GPUs, a live one before a retired one. Null: nobody else can be using them. */
export async function ownerOf(
  db: Kysely<AllocationTables>,
  nodeId: string,
  gpuUuids: readonly string[],
): Promise<Owner | null> {
  const nodes = await db
    .selectFrom('nodes')
    .select(['node_id', 'gpu_uuids'])
    .where('node_id', '<>', nodeId)
    .where('verification', '=', 'verified')
    .where('retired', '=', false)
    .orderBy('node_id')
    .execute();
  for (const node of nodes) {
    const gpuUuid = gpuUuids.find((uuid) => node.gpu_uuids.includes(uuid));
    if (gpuUuid !== undefined) return { nodeId: node.node_id, gpuUuid, live: true };
  }
  const claim = await db
    .selectFrom('gpu_claims')
    .select(['node_id', 'gpu_uuid'])
    .where('node_id', '<>', nodeId)
    .where('gpu_uuid', 'in', gpuUuids)
    .where('rental_id', 'is not', null)
    .orderBy('gpu_uuid')
    .executeTakeFirst();
  return claim === undefined ? null : { nodeId: claim.node_id, gpuUuid: claim.gpu_uuid, live: false };
}
