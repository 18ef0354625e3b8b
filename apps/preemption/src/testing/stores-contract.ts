/** What preemption's stores promise, as tests that run on Postgres and in memory. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import { nodeStream, operatorStream, rentalStream, type StreamKind } from '@tokenos/contracts/facts/streams';
import type { NodeFact } from '@tokenos/domain/node/node';
import type { OperatorFact } from '@tokenos/domain/operator/operator';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import type { Stores } from '../ports/stores.js';
import { fleetContract } from './fleet-contract.js';
import { planBookContract } from './plan-book-contract.js';

export interface OpenStores {
  readonly stores: Stores;
  readonly apply: (envelope: Envelope) => Promise<void>;
  readonly close: () => Promise<void>;
}

/** Empty stores, and facts told to them. */
export interface StoresBench {
  readonly stores: () => Stores;
  readonly node: (nodeId: string, ...facts: readonly NodeFact[]) => Promise<void>;
  readonly rental: (rentalId: string, ...facts: readonly RentalFact[]) => Promise<void>;
  readonly operator: (operatorId: string, ...facts: readonly OperatorFact[]) => Promise<void>;
}

export function storesContract(name: string, open: () => Promise<OpenStores>): void {
  describe(`preemption's stores in ${name}`, () => {
    let opened: OpenStores;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    const origin = { at: '2026-11-23T09:00:00.000Z', by: 'spec', correlationId: 'spec', causationId: 'spec' };
    const telling =
      <State, Command, Fact>(kind: StreamKind<State, Command, Fact>) =>
      async (id: string, ...facts: readonly Fact[]): Promise<void> => {
        for (const fact of facts.map(kind.encode))
          await opened.apply(seal(null, { id: uuid('f', 1), stream: `${kind.category}-${id}`, ...fact, ...origin }));
      };
    const bench: StoresBench = {
      stores: () => opened.stores,
      node: telling(nodeStream),
      rental: telling(rentalStream),
      operator: telling(operatorStream),
    };
    fleetContract(bench);
    planBookContract(bench);
  });
}
