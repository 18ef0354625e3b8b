/** Which machine a GPU is in, where another one says that it has it. Pure. */

import type { NodeRecord } from '../ports/fleet.js';
import type { HeldGpu } from '../ports/gpu-lock.js';

export interface Owner {
  readonly nodeId: string;
  readonly gpuUuid: string;
  /** False: it has retired, and a lease of it still holds the GPU. */
  readonly live: boolean;
}

/** A verified node that has one of these GPUs, a live one before a retired one. Null: nobody else can be using them. */
export function ownerOf(
  nodeId: string,
  gpuUuids: readonly string[],
  nodes: readonly NodeRecord[],
  held: readonly HeldGpu[],
): Owner | null {
  for (const node of nodes) {
    if (node.nodeId === nodeId || node.verification !== 'verified') continue;
    const gpuUuid = gpuUuids.find((uuid) => node.gpuUuids.includes(uuid));
    if (gpuUuid !== undefined) return { nodeId: node.nodeId, gpuUuid, live: true };
  }
  const claim = held.find((gpu) => gpu.nodeId !== nodeId && gpuUuids.includes(gpu.gpuUuid));
  return claim === undefined ? null : { ...claim, live: false };
}
