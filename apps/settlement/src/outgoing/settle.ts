/** Settles one rental: what is due is planned as a fact, each plan is carried out, and when nothing is held the books are closed. */

import { rentalDecider } from '@tokenos/domain/rental/decider';
import { runOf, type RentalState } from '@tokenos/domain/rental/state';
import { servedGroups } from '@tokenos/domain/rental/usage';
import { openPlan } from '@tokenos/domain/settlement/plan';
import { HOUR } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';
import { executePlan } from './execute.js';
import { parkedWallets } from './payees.js';

export async function settle(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock } = parts;
  for (;;) {
    const { state } = await act.load(rentals, rentalId);
    if (state.status !== 'ended' && state.status !== 'expired' && state.status !== 'settled') return 'done';
    const plan = openPlan(state.rental.plans);
    if (plan !== null && plan.status !== 'finalized' && plan.status !== 'failed') {
      const step = await executePlan(parts, plan, (command) => act.handle(rentals, rentalId, () => command));
      if (step.kind === 'wait') return { again: clock.now() + step.forMs };
      continue;
    }
    const outcome = await planOrClose(parts, rentalId, state);
    if (outcome !== 'next') return outcome;
  }
}

async function planOrClose(parts: Parts, rentalId: string, state: RentalState): Promise<DutyOutcome | 'next'> {
  const { act, clock, ids } = parts;
  if (state.status === 'expired' && state.rental.payments.length === 0) return 'done';
  const planning = {
    type: 'PlanSettlement' as const,
    planId: ids.next(),
    operatorWallets: await operatorWallets(parts, state),
  };
  const draft = rentalDecider.decide(state, { ...planning, parkedWallets: [] });
  const parked = await parkedWallets(parts, draft);
  const planned = await act.handle(rentals, rentalId, () => ({ ...planning, parkedWallets: parked }));
  if (planned.kind === 'accepted') return 'next';
  // Meter still open, payment not final: the fact that changes it brings this duty back.
  if (planned.kind === 'rejected') return 'done';
  const closed = await act.handle(rentals, rentalId, () => ({ type: 'CloseSettlement' }));
  return closed.kind === 'rejected' && parked.length > 0 ? { again: clock.now() + HOUR } : 'done';
}

async function operatorWallets({ db }: Parts, state: RentalState): Promise<Record<string, string>> {
  if (state.status === 'absent') return {};
  const operatorIds = servedGroups(state.rental, runOf(state)).map((group) => group.operatorId);
  if (operatorIds.length === 0) return {};
  const rows = await db.selectFrom('operators').selectAll().where('operator_id', 'in', operatorIds).execute();
  return Object.fromEntries(rows.map((row) => [row.operator_id, row.wallet]));
}
