/** Allocation's stores in memory, for the simulation: they keep what those on Postgres keep, for as long as the process lives. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import type { NewKeyPair } from '../ports/probe-keys.js';
import type { Stores } from '../ports/stores.js';
import { foldFact } from '../view/fold.js';
import { memoryFleet } from './fleet.js';
import { memoryGpuLock } from './gpu-lock.js';
import { memoryProbeKeys } from './probe-keys.js';

export interface MemoryStores extends Stores {
  /** Folds a fact into the fleet; the caller keeps each stream's order, each revision once. */
  apply(envelope: Envelope): Promise<void>;
}

export function memoryStores(newKeyPair: NewKeyPair): MemoryStores {
  const fleet = memoryFleet();
  return {
    fleet,
    gpuLock: memoryGpuLock(fleet),
    probeKeys: memoryProbeKeys(newKeyPair),
    apply: (envelope) => foldFact(fleet, envelope),
  };
}
