/** Which machines of a generated market may serve a rental, and how many are passed over for the sake of RESERVED ones: as allocation does it. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { refusal, type ClassNode } from '@tokenos/domain/placement/admission';
import { unfit, type Candidate, type Wanted } from '@tokenos/domain/placement/placement';
import type { Refused } from '@tokenos/domain/placement/receipt';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import { runOf, type Present } from '@tokenos/domain/rental/state';
import type { Machine } from './market.js';
import type { World } from './world.js';

export interface Admitted {
  readonly candidates: readonly Candidate[];
  /** Says nothing where nobody is passed over. */
  readonly refused: { readonly refused?: Refused };
}

export function admitted(
  world: World,
  machines: readonly Machine[],
  state: Present,
  candidates: readonly Candidate[],
  wanted: Wanted,
): Admitted {
  const { tier, gpuCount } = state.rental.terms;
  const rooms = machines.map((machine, index) => roomOf(world, machine, candidates[index]?.idleGpus ?? 0));
  const isMoved = tier === 'RESERVED' && runOf(state) !== null;
  const passed = candidates.filter(
    (one) =>
      !isMoved &&
      unfit(one, wanted) === null &&
      refusal(rooms, one.nodeId, { tier, gpuCount, spotReserve: 0 }) !== null,
  );
  return {
    candidates: candidates.filter((one) => !passed.includes(one)),
    refused: passed.length === 0 ? {} : { refused: { reserved_spare: passed.length } },
  };
}

function roomOf(world: World, { node, gpus }: Machine, idleGpus: number): ClassNode {
  const holders = gpus.flatMap(({ lease }) => (lease === null || world.now > lease.freeAt ? [] : [lease.rentalId]));
  const tierOf = (rentalId: string): Tier | null => {
    const state = world.stateOf(rentalStream, rentalId);
    return state.status === 'absent' ? null : state.rental.terms.tier;
  };
  const reserved = holders.filter((rentalId) => tierOf(rentalId) === 'RESERVED');
  return {
    ...{ nodeId: node.nodeId, idleGpus },
    spotGpus: holders.filter((rentalId) => tierOf(rentalId) === 'SPOT').length,
    reserved: [...new Set(reserved)].map((rentalId) => reserved.filter((other) => other === rentalId).length),
  };
}
