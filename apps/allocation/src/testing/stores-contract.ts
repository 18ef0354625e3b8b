/** What allocation's stores promise, as tests that run on Postgres and in memory. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import { enrolled } from '@tokenos/testing/generators/sample-node';
import type { Stores } from '../ports/stores.js';
import { holdsContract } from './holds-contract.js';
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
  readonly operator: (operatorId: string, ...facts: OperatorFact[]) => Promise<void>;
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
    const telling =
      <Fact>({ category, encode }: Pick<StreamKind<unknown, never, Fact>, 'category' | 'encode'>) =>
      async (id: string, ...facts: Fact[]): Promise<void> => {
        for (const fact of facts.map(encode))
          await opened.apply(seal(null, { id: uuid('f', 1), stream: `${category}-${id}`, ...fact, ...origin }));
      };
    const bench: StoresBench = {
      stores: () => opened.stores,
      node: telling<NodeFact>(nodeStream),
      rental: telling<RentalFact>(rentalStream),
      operator: telling<OperatorFact>(operatorStream),
    };
    fleetContract(bench);
    holdsContract(bench);
    gpuLockContract(bench);
    probeKeysContract(bench);
  });
}
