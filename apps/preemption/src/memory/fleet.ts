/** The fleet in memory: both sides of it. */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { Fleet, FleetRows, Lease, NodeRecord } from '../ports/fleet.js';

export interface MemoryFleet extends Fleet, FleetRows {
  isClosed(rentalId: string): boolean;
  /** Of a rental, over or not. */
  attempts(rentalId: string): readonly number[];
}

export function memoryFleet(): MemoryFleet {
  const nodes = new Map<string, NodeRecord>();
  const rentals = new Map<string, { readonly tier: Tier; readonly closed: boolean }>();
  const leases = new Map<string, Lease>();
  const scores = new Map<string, number>();
  return {
    isClosed: (rentalId) => rentals.get(rentalId)?.closed ?? true,
    attempts: (rentalId) =>
      [...leases.values()].flatMap((lease) => (lease.rentalId === rentalId ? [lease.attempt] : [])),
    node: async (nodeId) => nodes.get(nodeId) ?? null,
    nodes: async () =>
      [...nodes.values()].filter((node) => !node.retired).sort((a, b) => (a.nodeId < b.nodeId ? -1 : 1)),
    openLeases: async () =>
      [...leases.values()]
        .flatMap((lease) => {
          const rental = rentals.get(lease.rentalId);
          return lease.phase === 'over' || rental === undefined ? [] : [{ ...lease, tier: rental.tier }];
        })
        .sort((a, b) => (a.rentalId === b.rentalId ? a.attempt - b.attempt : a.rentalId < b.rentalId ? -1 : 1)),
    reputations: async () => new Map(scores),
    async enrol(node) {
      if (nodes.has(node.nodeId)) throw new Error(`node ${node.nodeId} is enrolled already`);
      nodes.set(node.nodeId, node);
    },
    async change(nodeId, change) {
      const node = nodes.get(nodeId);
      if (node !== undefined) nodes.set(nodeId, { ...node, ...change });
    },
    async request(rentalId, tier) {
      rentals.set(rentalId, { tier, closed: false });
    },
    async close(rentalId) {
      const rental = rentals.get(rentalId);
      if (rental !== undefined) rentals.set(rentalId, { ...rental, closed: true });
    },
    async open(lease) {
      leases.set(`${lease.rentalId} ${lease.attempt}`, lease);
    },
    async changeLease(rentalId, attempt, change) {
      for (const [key, lease] of leases) {
        const isMeant = lease.rentalId === rentalId && (attempt === null || lease.attempt === attempt);
        if (isMeant && lease.phase !== 'over') leases.set(key, { ...lease, ...change });
      }
    },
    async rate(operatorId, scoreBps) {
      scores.set(operatorId, scoreBps);
    },
  };
}
