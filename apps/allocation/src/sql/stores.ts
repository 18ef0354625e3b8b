/** Allocation's stores on Postgres. */

import { newSshKeyPair } from '@tokenos/runtime/ssh/key-pair';
import type { Kysely } from 'kysely';
import type { Stores } from '../ports/stores.js';
import { sqlFleet } from './fleet.js';
import { sqlGpuLock } from './gpu-lock.js';
import { sqlProbeKeys } from './probe-keys.js';
import type { AllocationTables } from './tables.js';

export const sqlStores = (db: Kysely<AllocationTables>): Stores => ({
  fleet: sqlFleet(db),
  gpuLock: sqlGpuLock(db),
  probeKeys: sqlProbeKeys(db, () => newSshKeyPair('tokenos-probe')),
});
