/** What is said of a rental of a generated history once it is over: its rating, its carbon, and a correction of its books. */

import { attribution } from '@tokenos/contracts/carbon/attribution';
import { servedMachines } from '@tokenos/domain/carbon/served';
import { usdc } from '@tokenos/domain/money';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import { runOf, type RentalState } from '@tokenos/domain/rental/state';
import { uuid } from '../generators/names.js';
import type { Market } from './market.js';
import { PAYERS } from './money-moves.js';
import type { World } from './world.js';

type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

export function afterwards(world: World, market: Market, state: Closed, detail: number): readonly RentalCommand[] {
  const carbon = carbonOf(market, state);
  return [
    ...(carbon === null ? [] : [carbon]),
    { type: 'RateRental', at: world.now, stars: 1 + (detail % 5) },
    ...(state.status === 'settled' && detail % 3 === 0 ? [correction(world, market, state, detail)] : []),
  ];
}

export function carbonOf({ siteOf }: Market, state: Closed): RentalCommand | null {
  const run = runOf(state);
  if (run === null) return null;
  const machines = servedMachines(run).map((machine) => ({ ...machine, ...siteOf(machine.nodeId) }));
  return { type: 'AttributeCarbon', carbon: attribution(state.rental.terms, machines) };
}

function correction(world: World, market: Market, state: Closed, detail: number): RentalCommand {
  const operatorWallets = market.wallets();
  const ranIt = runOf(state)?.segments.map(({ placement }) => operatorWallets[placement.operatorId]) ?? [];
  const role = detail % 2 === 0 ? 'refund' : 'operator';
  const to = (role === 'refund' ? PAYERS[detail % PAYERS.length] : ranIt.at(-1)) ?? '';
  const transfers = [{ role, to, amountMicroUsdc: usdc(BigInt(1 + (detail % 1_000))) } as const];
  const why = 'it was our mistake';
  return { type: 'PlanCorrection', planId: uuid('d', world.next()), why, transfers, operatorWallets };
}
