/** Settlement's commands on money going out: plan what is due and not yet planned, then close when everything planned is final. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { minus, sum, ZERO, type MicroUsdc } from '../../money.js';
import { price } from '../../pricing/pricing.js';
import { chargedBy, openPlan, payableNow, remainder, standing, type Remainder } from '../../settlement/plan.js';
import { SETTLEMENT } from '../../settlement/settlement.js';
import type { ChargeGroup, PlanKind, Transfer } from '../../settlement/facts.js';
import type { SettlementCommand } from '../commands.js';
import { awaitedPayment, entitlement, finalOnes, total, withWallets } from '../entitlement.js';
import type { RentalFact } from '../facts.js';
import { closingOf, runOf, type Payment, type Present, type Rental } from '../state.js';
import { freeMinutesOf, servedGroups } from '../usage.js';
import { wrongState } from './refuse.js';

type Planning = Extract<SettlementCommand, { type: 'PlanSettlement' }>;
type Closed = Extract<Present, { status: 'ended' | 'expired' | 'settled' }>;

/** A rental longer than this pays its operators once for each so many metered minutes. */
export const INTERIM_MINUTES = 24 * 60;

export function planSettlement(state: Present, command: Planning): Outcome<RentalFact> {
  const { rental } = state;
  const kind = kindOf(state);
  if (kind === null) return wrongState(state.status, command.type);
  if (openPlan(rental.plans) !== null) return ignored('a plan is under way');
  if (rental.plans.some((plan) => plan.planned.planId === command.planId)) return ignored('planned already');
  if (isClosed(state) && isMetering(state)) return rejected({ code: 'meter_not_closed', context: {} });
  if (kind === 'interim' && !isDayMetered(state)) return ignored('no further day is metered');
  const groups = withWallets(state, command.operatorWallets);
  if ('code' in groups) return rejected(groups);
  const due = entitlement(rental, groups);
  const awaited = awaitedPayment(rental);
  // Charged on less than was paid, the operator would lose what the rental's own payment brings once it is final.
  if (awaited !== null && due.chargedMicroUsdc < sum(groups.map(price))) return notFinal(awaited);
  const rest = remainder(
    kind === 'interim' ? { ...due, transfers: due.transfers.filter(isPayout) } : due,
    rental.plans,
  );
  if ('code' in rest) return rejected(rest);
  const now = payable(rest, command.parkedWallets);
  if (now.transfers.length === 0 && now.feeMicroUsdc === ZERO) {
    return awaited !== null && rest.transfers.length === 0 ? notFinal(awaited) : ignored('nothing to plan');
  }
  return planned(state, { planId: command.planId, kind, paidMicroUsdc: due.paidMicroUsdc, groups, ...now });
}

/** What a plan made now would be; null where no money may go out. */
function kindOf(state: Present): PlanKind | null {
  switch (state.status) {
    case 'running':
    case 'interrupted':
      return state.rental.terms.minutes > INTERIM_MINUTES ? 'interim' : null;
    case 'ended':
      return state.closing.run === null ? 'return' : 'final';
    case 'expired':
    case 'settled':
      return 'return';
    default:
      return null;
  }
}

const isPayout = (transfer: Transfer): boolean => transfer.role === 'operator';

/** Another whole day is metered since the last interim plan. */
function isDayMetered(state: Present): boolean {
  const days = standing(state.rental.plans).filter(({ kind }) => kind === 'interim').length;
  return (runOf(state)?.nextMinute ?? 0) >= (days + 1) * INTERIM_MINUTES;
}

/** The fee goes with the operators' part; without anyone to pay now it waits too. */
function payable(rest: Remainder, parkedWallets: readonly string[]) {
  const transfers = payableNow(rest.transfers, parkedWallets);
  const whole = transfers.some(isPayout) || transfers.length === rest.transfers.length;
  const feeMicroUsdc = whole ? rest.feeMicroUsdc : ZERO;
  return { transfers, feeMicroUsdc, shortfallMicroUsdc: whole ? rest.shortfallMicroUsdc : ZERO };
}

interface Draft {
  readonly planId: string;
  readonly kind: PlanKind;
  readonly paidMicroUsdc: MicroUsdc;
  readonly groups: readonly ChargeGroup[];
  readonly transfers: readonly Transfer[];
  readonly feeMicroUsdc: MicroUsdc;
  readonly shortfallMicroUsdc: MicroUsdc;
}

function planned(state: Present, { shortfallMicroUsdc, ...draft }: Draft): Outcome<RentalFact> {
  const run = runOf(state);
  const free = run === null ? 0 : freeMinutesOf(state.rental, run);
  return accepted({
    type: 'SettlementPlanned',
    data: {
      ...draft,
      rules: SETTLEMENT,
      feeBps: state.rental.quote.feeBps,
      chargedMicroUsdc: chargedBy(draft.transfers, draft.feeMicroUsdc),
      ...(free > 0 ? { freeMinutes: free } : {}),
      ...(shortfallMicroUsdc > ZERO ? { shortfallMicroUsdc } : {}),
    },
  });
}

const isClosed = (state: Present): state is Closed =>
  state.status === 'ended' || state.status === 'expired' || state.status === 'settled';

function isMetering(state: Closed): boolean {
  const closing = closingOf(state);
  return closing !== null && closing.run !== null && closing.meterClosed === null;
}

const notFinal = ({ signature }: Payment): Outcome<never> =>
  rejected({ code: 'payment_not_final', context: { signature } });

/**
 * Everything planned is final and nothing that is final is held: the books of this rental are closed. They count final payments
 * only; another that becomes final later goes back whole.
 */
export function closeSettlement(state: Present): Outcome<RentalFact> {
  if (state.status === 'settled') return ignored('settled already');
  if (!isClosed(state)) return wrongState(state.status, 'CloseSettlement');
  if (isMetering(state)) return rejected({ code: 'meter_not_closed', context: {} });
  const awaited = awaitedForBooks(state.rental);
  if (awaited !== null) return notFinal(awaited);
  const pending = openPlan(state.rental.plans);
  if (pending !== null) return notSettled(`plan ${pending.planned.planId} is ${pending.status}`);
  const { shortfallMicroUsdc, ...totals } = totalsOf(state.rental);
  const inflow = sum([totals.paidMicroUsdc, shortfallMicroUsdc]);
  if (minus(inflow, totals.refundedMicroUsdc) !== totals.chargedMicroUsdc) return notSettled('money is still held');
  if (totals.chargedMicroUsdc !== dueNow(state).chargedMicroUsdc) return notSettled('what was served is not paid for');
  const data = shortfallMicroUsdc > ZERO ? { ...totals, shortfallMicroUsdc } : totals;
  return accepted({ type: 'RentalSettled', data });
}

/** Who is paid to which wallet does not matter to what is due in all. */
const dueNow = (state: Closed) =>
  entitlement(
    state.rental,
    servedGroups(state.rental, runOf(state)).map((group) => ({ ...group, operatorWallet: '' })),
  );

/** Books over nothing final are no books, unless nobody paid. */
function awaitedForBooks(rental: Rental): Payment | null {
  const present = rental.payments.filter((payment) => !payment.vanished);
  return awaitedPayment(rental) ?? (finalOnes(present).length === 0 ? (present[0] ?? null) : null);
}

function totalsOf({ plans, payments }: Rental) {
  const promised = standing(plans);
  const transfers = promised.flatMap((plan) => plan.transfers);
  const toward = (role: string) => sum(transfers.filter((t) => t.role === role).map((t) => t.amountMicroUsdc));
  const feeMicroUsdc = sum(promised.map((plan) => plan.feeMicroUsdc));
  const operatorMicroUsdc = toward('operator');
  return {
    paidMicroUsdc: total(finalOnes(payments)),
    feeMicroUsdc,
    operatorMicroUsdc,
    refundedMicroUsdc: toward('refund'),
    chargedMicroUsdc: sum([feeMicroUsdc, operatorMicroUsdc]),
    shortfallMicroUsdc: sum(promised.map((plan) => plan.shortfallMicroUsdc ?? ZERO)),
  };
}

const notSettled = (reason: string): Outcome<never> => rejected({ code: 'not_all_settled', context: { reason } });
