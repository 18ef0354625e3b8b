/** Where a history plays: the world, its market, and what each rental was told. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { runOf, type RentalState } from '@tokenos/domain/rental/state';
import { AUTHORS } from './authors.js';
import { openMarket, type Market } from './market.js';
import { createWorld, type Told, type World } from './world.js';

export type RentalTold = Told<RentalState, RentalCommand, RentalFact>;

export interface Stage {
  readonly world: World;
  readonly market: Market;
  /** By rental: every command it was given, with what came of it. */
  readonly told: Map<string, RentalTold[]>;
  /** Signatures of transfers that found no rental. */
  readonly strays: Set<string>;
  /** Whoever was planned to yield: nobody is asked twice. */
  readonly victims: Set<string>;
}

export function openStage(): Stage {
  const world = createWorld();
  return { world, market: openMarket(world), told: new Map(), strays: new Set(), victims: new Set() };
}

/** Gives a rental a command, by the one service that may, and keeps the market's leases in step. */
export function tell({ world, market, told }: Stage, id: string, command: RentalCommand): RentalTold {
  const now = world.give(rentalStream, id, AUTHORS[command.type], command);
  const before = told.get(id);
  if (before === undefined) told.set(id, [now]);
  else before.push(now);
  for (const fact of now.outcome.kind === 'accepted' ? now.outcome.facts : []) follow(market, id, now.before, fact);
  return now;
}

function follow(market: Market, id: string, before: RentalState, fact: RentalFact): void {
  switch (fact.type) {
    case 'RentalPlaced':
      return market.take(id, fact.data);
    case 'PlacementFailed':
    case 'AccessRevoked':
      return market.release(id, fact.data.attempt);
    case 'RentalInterrupted':
      return market.lose(id, fact.data.attempt, runOf(before)?.endsAt ?? 0);
    case 'PreemptionNoticed':
      return market.hold(fact.data.gpuUuids, fact.data.beneficiaryId);
    case 'RentalEnded':
      return market.unhold(id);
    default:
  }
}
