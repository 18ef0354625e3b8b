/** Where a history plays: the world, its market, and what each rental was told. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { RentalState } from '@tokenos/domain/rental/state';
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
}

export function openStage(): Stage {
  const world = createWorld();
  return { world, market: openMarket(world), told: new Map(), strays: new Set() };
}

/** Gives a rental a command, by the one service that may, and keeps the market's leases in step. */
export function tell({ world, market, told }: Stage, id: string, command: RentalCommand): void {
  const now = world.give(rentalStream, id, AUTHORS[command.type], command);
  told.set(id, [...(told.get(id) ?? []), now]);
  for (const fact of now.outcome.kind === 'accepted' ? now.outcome.facts : []) {
    if (fact.type === 'RentalPlaced') market.take(id, fact.data);
    if (fact.type === 'PlacementFailed' || fact.type === 'AccessRevoked') market.release(id);
  }
}
