/** Settles one rental: what is due is planned as a fact, each plan is carried out, and when nothing is held the books are closed. */

import { rentalDecider } from '@tokenos/domain/rental/decider';
import { runOf, type RentalState } from '@tokenos/domain/rental/state';
import { servedGroups } from '@tokenos/domain/rental/usage';
import { HOUR } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';
import { executePlan, underWay } from './execute.js';
import { whoWaits } from './payees.js';

/** A fact is still to come, and brings this duty back when it does. */
const NOT_YET: readonly string[] = ['meter_not_closed', 'payment_not_final'];

type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

export async function settle(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock } = parts;
  for (;;) {
    const { state } = await act.load(rentals, rentalId);
    if (state.status !== 'ended' && state.status !== 'expired' && state.status !== 'settled') return 'done';
    const plan = underWay(state.rental.plans);
    if (plan === null) {
      const outcome = await planOrClose(parts, rentalId, state);
      if (outcome === 'planned') continue;
      return outcome;
    }
    const step = await executePlan(parts, plan, (command) => act.handle(rentals, rentalId, () => command));
    if (step.kind === 'wait') return askAgain(clock, step.forMs);
  }
}

async function planOrClose(parts: Parts, rentalId: string, state: Closed): Promise<DutyOutcome | 'planned'> {
  const { act, clock, ids, wallets } = parts;
  // Nobody ever paid: there are no books to close.
  if (state.status === 'expired' && state.rental.payments.length === 0) return 'done';
  const planning = {
    type: 'PlanSettlement' as const,
    planId: ids.next(),
    operatorWallets: await wallets.of(servedBy(state)),
  };
  const draft = (parkedWallets: readonly string[]) => rentalDecider.decide(state, { ...planning, parkedWallets });
  const refused = draft([]);
  // Not planned by what nobody was asked about: the meter may close in between, and bring payees that cannot be paid.
  if (refused.kind === 'rejected') return notPlanned(parts, rentalId, refused.rejection.code);
  const parkedWallets = await whoWaits(parts, draft);
  const planned = await act.handle(rentals, rentalId, () => ({ ...planning, parkedWallets }));
  if (planned.kind === 'accepted') return 'planned';
  if (planned.kind === 'rejected') return notPlanned(parts, rentalId, planned.rejection.code);
  if (parkedWallets.length > 0) return { again: clock.now() + HOUR };
  const closed = await act.handle(rentals, rentalId, () => ({ type: 'CloseSettlement' }));
  return closed.kind === 'rejected' ? notPlanned(parts, rentalId, closed.rejection.code) : 'done';
}

/** An operator this view has not heard of yet will come; anything else contradicts the facts, and a person must look. */
function notPlanned({ clock, signals }: Parts, rentalId: string, code: string): DutyOutcome {
  if (NOT_YET.includes(code)) return 'done';
  signals.alarm('settlement_impossible', { rentalId, code });
  return askAgain(clock, code === 'operator_wallet_unknown' ? PAUSE.finality : PAUSE.stuck);
}

const servedBy = (state: Closed): readonly string[] =>
  servedGroups(state.rental, runOf(state)).map((group) => group.operatorId);
