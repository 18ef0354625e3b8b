/** What a node means to the tiers: its idle GPUs, those that SPOT would yield, and the RESERVED rentals that need room if it dies. Pure. */

import type { ClassNode } from '@tokenos/domain/placement/admission';
import type { Candidate } from '@tokenos/domain/placement/placement';
import type { HeldGpu } from '../ports/gpu-lock.js';

export function classNode({ nodeId, idleGpus }: Candidate, held: readonly HeldGpu[]): ClassNode {
  const here = held.filter((gpu) => gpu.nodeId === nodeId);
  const reserved = new Map<string, number>();
  for (const { rentalId, tier } of here) {
    if (tier === 'RESERVED') reserved.set(rentalId, (reserved.get(rentalId) ?? 0) + 1);
  }
  return {
    ...{ nodeId, idleGpus },
    spotGpus: here.filter(({ tier }) => tier === 'SPOT').length,
    reserved: [...reserved.values()],
  };
}
