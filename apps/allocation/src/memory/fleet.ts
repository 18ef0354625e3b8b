/** The fleet in memory: both sides of it. */

import type { Fleet, FleetRows, Lease, NodeRecord } from '../ports/fleet.js';

export function memoryFleet(): Fleet & FleetRows {
  const nodes = new Map<string, NodeRecord>();
  const leases = new Map<string, Lease>();
  return {
    node: async (nodeId) => nodes.get(nodeId) ?? null,
    nodes: async () => [...nodes.values()].filter((node) => !node.retired).sort(by('nodeId')),
    openLeases: async (nodeId) =>
      [...leases.values()].filter((lease) => lease.nodeId === nodeId && lease.phase !== 'over').sort(by('rentalId')),
    async enrol(node) {
      if (nodes.has(node.nodeId)) throw new Error(`node ${node.nodeId} is enrolled already`);
      nodes.set(node.nodeId, node);
    },
    async change(nodeId, change) {
      const node = nodes.get(nodeId);
      if (node !== undefined) nodes.set(nodeId, { ...node, ...change });
    },
    async open(lease) {
      leases.set(lease.rentalId, lease);
    },
    async enter(rentalId, phase) {
      const lease = leases.get(rentalId);
      if (lease !== undefined && lease.phase !== 'over') leases.set(rentalId, { ...lease, phase });
    },
  };
}

const by =
  <Key extends string>(key: Key) =>
  (a: Readonly<Record<Key, string>>, b: Readonly<Record<Key, string>>): number =>
    a[key] < b[key] ? -1 : 1;
