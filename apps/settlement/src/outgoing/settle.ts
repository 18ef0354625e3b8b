/** Settles one rental: what is due is planned as a fact, each plan is carried out, and when nothing is held the books are closed. */

import { rentalDecider } from '@tokenos/domain/rental/decider';
import { INTERIM_MINUTES } from '@tokenos/domain/rental/decide/settlement';
import { runOf, type Present, type RentalState } from '@tokenos/domain/rental/state';
import { servedGroups } from '@tokenos/domain/rental/usage';
import { HOUR } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';
import { executePlan, underWay } from './execute.js';
import { halt } from './halt.js';
import { whoWaits } from './payees.js';

/** A fact is still to come, and brings this duty back when it does: the meter's close, a payment's finality, a release. */
const NOT_YET: readonly string[] = ['meter_not_closed', 'payment_not_final', 'halted'];

/** Also while it runs: a rental longer than a day pays its operators once a day. */
export async function settle(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, clock } = parts;
  for (;;) {
    const { state } = await act.load(rentals, rentalId);
    if (!mayPay(state)) return 'done';
    const plan = underWay(state.rental.plans);
    if (plan === null) {
      const outcome = await planOrClose(parts, rentalId, state);
      if (outcome === 'planned') continue;
      return outcome;
    }
    const step = await executePlan(parts, plan, (command) => act.handle(rentals, rentalId, () => command));
    if (step.kind === 'wait') return askAgain(clock, step.forMs);
    if (step.kind === 'contradicted') {
      if (NOT_YET.includes(step.code)) return 'done';
      return halt(parts, rentalId, 'I6', `the chain contradicts plan ${plan.planned.planId}: ${step.code}`);
    }
  }
}

/** While it is held still nothing is planned, signed or sent. */
function mayPay(state: RentalState): state is Present {
  if (state.status === 'absent' || state.rental.halted !== null) return false;
  if (isRunning(state)) return state.rental.terms.minutes > INTERIM_MINUTES;
  return state.status === 'ended' || state.status === 'expired' || state.status === 'settled';
}

const isRunning = ({ status }: Present): boolean => status === 'running' || status === 'interrupted';

async function planOrClose(parts: Parts, rentalId: string, state: Present): Promise<DutyOutcome | 'planned'> {
  const { act, clock, ids, wallets } = parts;
  // Nobody ever paid: there are no books to close.
  if (state.status === 'expired' && state.rental.payments.length === 0) return 'done';
  const planning = {
    type: 'PlanSettlement' as const,
    planId: ids.next(),
    operatorWallets: await wallets.at(clock.now(), servedBy(state)),
  };
  const draft = (parkedWallets: readonly string[]) => rentalDecider.decide(state, { ...planning, parkedWallets });
  const refused = draft([]);
  // Not planned by what nobody was asked about: the meter may close in between, and bring payees that cannot be paid.
  if (refused.kind === 'rejected') return notPlanned(parts, rentalId, refused.rejection);
  const parkedWallets = await whoWaits(parts, draft);
  const planned = await act.handle(rentals, rentalId, () => ({ ...planning, parkedWallets }));
  if (planned.kind === 'accepted') return 'planned';
  if (planned.kind === 'rejected') return notPlanned(parts, rentalId, planned.rejection);
  if (parkedWallets.length > 0) return { again: clock.now() + HOUR };
  if (isRunning(state)) return 'done';
  const closed = await act.handle(rentals, rentalId, () => ({ type: 'CloseSettlement' }));
  return closed.kind === 'rejected' ? notPlanned(parts, rentalId, closed.rejection) : 'done';
}

/** An operator this view has not heard of yet will come; anything else contradicts the facts, and a person must look. */
async function notPlanned(
  parts: Parts,
  rentalId: string,
  { code, context }: { readonly code: string; readonly context: unknown },
): Promise<DutyOutcome> {
  const { clock, signals } = parts;
  if (NOT_YET.includes(code)) return 'done';
  if (code === 'overplanned')
    return halt(parts, rentalId, 'I1', `more is promised than due: ${JSON.stringify(context)}`);
  signals.alarm('settlement_impossible', { rentalId, code });
  return askAgain(clock, code === 'operator_wallet_unknown' ? PAUSE.finality : PAUSE.stuck);
}

const servedBy = (state: Present): readonly string[] =>
  servedGroups(state.rental, runOf(state)).map((group) => group.operatorId);
