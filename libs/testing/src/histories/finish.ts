/** Brings a history to its end, as the services would once nothing disturbs them any more. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { RentalState } from '@tokenos/domain/rental/state';
import { openPlan } from '@tokenos/domain/settlement/plan';
import { SECOND } from '@tokenos/domain/time';
import { uuid } from '../generators/names.js';
import { carbonOf } from './afterwards-moves.js';
import type { Market } from './market.js';
import { minutesLeft, minutesOf } from './metering.js';
import { planStep, returnStep } from './money-moves.js';
import { tell, type Stage } from './stage.js';
import type { World } from './world.js';

/** More steps than any rental needs: a week of minutes, an hour at a time, and its settlement. */
const ENOUGH = 400;

export function finish(stage: Stage): void {
  const { world, told, strays } = stage;
  for (const id of told.keys()) {
    for (let steps = 0; steps < ENOUGH; steps++) {
      const command = nextOf(stage, world.stateOf(rentalStream, id));
      if (command === null) break;
      tell(stage, id, command);
    }
  }
  for (const stray of strays) for (let steps = 0; steps < 12; steps++) returnStep(world, stray, 0, true);
}

/** The one thing left to do; null where there is none. */
function nextOf({ world, market }: Stage, state: RentalState): RentalCommand | null {
  world.now += SECOND;
  const at = world.now;
  if (state.status === 'absent') return null;
  if (state.rental.halted !== null) return { type: 'ReleaseRental', at, why: 'it was nothing' };
  switch (state.status) {
    case 'requested':
      world.now = Math.max(at, state.rental.quote.expiresAt + SECOND);
      return { type: 'ExpireRequest', scannedTo: world.now };
    case 'paid':
    case 'placed':
      world.now = Math.max(at, state.paidAt + state.rental.terms.maxWaitMs);
      return { type: 'EndRental', at: world.now, reason: 'capacity_unavailable', fault: 'platform' };
    case 'running':
    case 'interrupted':
      return { type: 'StopRental', at };
    default:
      return (
        toRevoke(state, world) ??
        toMeter(state, world) ??
        toAttribute(state, market) ??
        toSettle(state, world, market.wallets())
      );
  }
}

type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

function toRevoke(state: Closed, world: World): RentalCommand | null {
  const closing = state.status === 'expired' ? null : state.closing;
  if (closing?.placement == null || closing.accessRevokedAt !== null) return null;
  const at = Math.min(world.now, closing.end.effectiveAt + SECOND);
  return { type: 'RevokeAccess', attempt: closing.placement.attempt, at };
}

function toMeter(state: Closed, { now: at }: World): RentalCommand | null {
  const closing = state.status === 'expired' ? null : state.closing;
  if (closing?.run == null || closing.meterClosed !== null) return null;
  const left = minutesLeft(closing.run, closing, at);
  return left <= 0 ? { type: 'CloseMeter' } : minutesOf(closing.run, left, at, () => true);
}

const toAttribute = (state: Closed, market: Market): RentalCommand | null =>
  state.rental.carbon === null ? carbonOf(market, state) : null;

function toSettle(
  state: Closed,
  world: World,
  operatorWallets: Readonly<Record<string, string>>,
): RentalCommand | null {
  const { payments, plans } = state.rental;
  const unsure = payments.find((payment) => !payment.finalized && !payment.vanished);
  if (unsure !== undefined) return { type: 'FinalizePayment', signature: unsure.signature };
  const plan = openPlan(plans);
  if (plan !== null) return planStep(world, plan, 0, true);
  const planSettlement: RentalCommand = {
    type: 'PlanSettlement',
    planId: uuid('d', world.next()),
    operatorWallets,
    parkedWallets: [],
  };
  if (rentalStream.decider.decide(state, planSettlement).kind === 'accepted') return planSettlement;
  return state.status === 'settled' ? null : { type: 'CloseSettlement' };
}
