/** The fleet in memory: both sides of it. */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Fleet, Hold, Lease, NodeRecord } from '../ports/fleet.js';
import type { FleetRows } from '../ports/fleet-rows.js';

export interface MemoryFleet extends Fleet, FleetRows {
  tierOf(rentalId: string): Tier | null;
}

export function memoryFleet(): MemoryFleet {
  const nodes = new Map<string, NodeRecord>();
  const rentals = new Map<string, { readonly tier: Tier; readonly waiting: boolean }>();
  const leases = new Map<string, Lease>();
  const holds = new Map<string, Hold>();
  const reputations = new Map<string, number>();
  const of = (rentalId: string): Lease[] => [...leases.values()].filter((lease) => lease.rentalId === rentalId);
  return {
    tierOf: (rentalId) => rentals.get(rentalId)?.tier ?? null,
    node: async (nodeId) => nodes.get(nodeId) ?? null,
    nodes: async () => [...nodes.values()].filter((node) => !node.retired).sort(by('nodeId')),
    openLeases: async (nodeId) =>
      [...leases.values()].filter((lease) => lease.nodeId === nodeId && lease.phase !== 'over').sort(by('rentalId')),
    holds: async () =>
      [...holds.values()].filter((hold) => rentals.get(hold.beneficiaryId)?.waiting ?? true).sort(by('victimId')),
    reputations: async () => new Map(reputations),

    async enrol(node) {
      if (nodes.has(node.nodeId)) throw new Error(`node ${node.nodeId} is enrolled already`);
      nodes.set(node.nodeId, node);
    },
    async change(nodeId, change) {
      const node = nodes.get(nodeId);
      if (node !== undefined) nodes.set(nodeId, { ...node, ...change });
    },
    async request(rentalId, tier) {
      rentals.set(rentalId, { tier, waiting: true });
    },
    async waits(rentalId, waiting) {
      const rental = rentals.get(rentalId);
      if (rental !== undefined) rentals.set(rentalId, { ...rental, waiting });
    },
    async open(lease) {
      leases.set(`${lease.rentalId} ${lease.attempt}`, lease);
    },
    async changeLease(rentalId, attempt, change) {
      for (const lease of of(rentalId)) {
        if (lease.phase === 'over' || (attempt !== null && lease.attempt !== attempt)) continue;
        leases.set(`${rentalId} ${lease.attempt}`, { ...lease, ...change });
      }
    },
    async hold(hold) {
      const running = of(hold.victimId).find((lease) => lease.phase === 'running');
      if (running === undefined) return;
      const { victimId, beneficiaryId, gpuUuids, noticedAt } = hold;
      const { nodeId } = running;
      holds.set(victimId, { victimId, beneficiaryId, nodeId, gpuUuids, noticedAt, deadlineAt: null });
    },
    async setDeadline(victimId, deadlineAt) {
      const hold = holds.get(victimId);
      if (hold !== undefined) holds.set(victimId, { ...hold, deadlineAt });
    },
    async score(operatorId, reputationBps) {
      reputations.set(operatorId, reputationBps);
    },
  };
}

const by =
  <Key extends string>(key: Key) =>
  (a: Readonly<Record<Key, string>>, b: Readonly<Record<Key, string>>): number =>
    a[key] < b[key] ? -1 : 1;
