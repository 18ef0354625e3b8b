/** What the tiers leave each other: the room that RESERVED rentals would need if a machine died, and the last idle GPUs of a class. Pure. */

import type { Tier } from '../pricing/rate-sheet.js';

/** New SPOT rentals leave at least this many GPUs of each class idle, unless the platform is told another number. */
export const SPOT_RESERVE = 1;

/** A node of one GPU class that could serve now: online, verified, not draining. */
export interface ClassNode {
  readonly nodeId: string;
  readonly idleGpus: number;
  /** Held by SPOT rentals, which yield. */
  readonly spotGpus: number;
  /** GPUs of each RESERVED rental on it. */
  readonly reserved: readonly number[];
}

export interface Admission {
  readonly tier: Tier;
  readonly gpuCount: number;
  readonly spotReserve: number;
}

export type AdmissionRefusal = 'spot_reserve' | 'reserved_spare';

/**
 * Why a rental of this tier is not placed on that node, though it has the GPUs; null where it may be. RESERVED is placed only
 * where, after any one node's loss, the others could hold each of its RESERVED rentals; ON_DEMAND eats none of that room;
 * SPOT yields and so takes none of it, but leaves the last idle GPUs of the class alone.
 */
export function refusal(nodes: readonly ClassNode[], nodeId: string, admission: Admission): AdmissionRefusal | null {
  const { tier, gpuCount, spotReserve } = admission;
  if (tier === 'SPOT') {
    const idle = nodes.reduce((sum, node) => sum + node.idleGpus, 0);
    return idle - gpuCount < spotReserve ? 'spot_reserve' : null;
  }
  const after = nodes.map((node) => (node.nodeId === nodeId ? taking(node, admission) : node));
  const tolerated = tier === 'RESERVED' ? 0 : unhoused(nodes);
  return unhoused(after) > tolerated ? 'reserved_spare' : null;
}

const taking = (node: ClassNode, { tier, gpuCount }: Admission): ClassNode => ({
  ...node,
  idleGpus: node.idleGpus - gpuCount,
  reserved: tier === 'RESERVED' ? [...node.reserved, gpuCount] : node.reserved,
});

/** GPUs of RESERVED rentals that would find no room, summed over the loss of each node by itself. */
export const unhoused = (nodes: readonly ClassNode[]): number =>
  nodes.reduce((sum, lost) => {
    const rooms = nodes.filter((node) => node !== lost).map((node) => node.idleGpus + node.spotGpus);
    return sum + leftOver(lost.reserved, rooms);
  }, 0);

/**
 * The largest rental first, each into the smallest room that holds it: it may call full what a cleverer order would fill, and
 * never calls housed what is not.
 */
function leftOver(rentals: readonly number[], rooms: readonly number[]): number {
  const free = [...rooms].sort((a, b) => a - b);
  let left = 0;
  for (const gpus of [...rentals].sort((a, b) => b - a)) {
    const room = free.findIndex((size) => size >= gpus);
    if (room === -1) left += gpus;
    else free.splice(room, 1, (free[room] ?? 0) - gpus);
    free.sort((a, b) => a - b);
  }
  return left;
}
