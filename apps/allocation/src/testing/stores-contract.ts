/** What allocation's stores promise, as tests that run on Postgres and in memory. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolled } from '@tokenos/testing/generators/sample-node';
import type { Stores } from '../ports/stores.js';
import { fleetContract } from './fleet-contract.js';
import { gpuLockContract } from './gpu-lock-contract.js';
import { probeKeysContract } from './probe-keys-contract.js';

export interface OpenStores {
  readonly stores: Stores;
  readonly apply: (envelope: Envelope) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Empty stores, and facts told to them. */
export interface StoresBench {
  readonly stores: () => Stores;
  readonly node: (nodeId: string, ...facts: NodeFact[]) => Promise<void>;
  readonly rental: (rentalId: string, ...facts: RentalFact[]) => Promise<void>;
}

export const enrolledAs = (nodeId: string): NodeFact =>
  ({ ...enrolled, data: { ...enrolled.data, nodeId } }) as NodeFact;

export function storesContract(name: string, open: () => Promise<OpenStores>): void {
  describe(`allocation's stores in ${name}`, () => {
    let opened: OpenStores;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const origin = { at: '2026-11-23T09:00:00.000Z', by: 'spec', correlationId: 'spec', causationId: 'spec' };
    const bench: StoresBench = {
      stores: () => opened.stores,
      async node(nodeId, ...facts) {
        for (const fact of facts.map(nodeStream.encode))
          await opened.apply(seal(null, { id: uuid('f', 1), stream: `node-${nodeId}`, ...fact, ...origin }));
      },
      async rental(rentalId, ...facts) {
        for (const fact of facts.map(rentalStream.encode))
          await opened.apply(seal(null, { id: uuid('f', 1), stream: `rental-${rentalId}`, ...fact, ...origin }));
      },
    };
    fleetContract(bench);
    gpuLockContract(bench);
    probeKeysContract(bench);
  });
}
