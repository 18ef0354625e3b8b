/** Every command in every state: one table, in which nothing is left to chance and nothing throws. */

import {
  broke,
  confirmed,
  ended,
  ENDS_AT,
  expired,
  finalized,
  landed,
  meterClosed,
  metered,
  placed,
  planned,
  received,
  requested,
  signed,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import * as a from '@tokenos/testing/generators/sample-commands';
import { usdc } from '../money.js';
import { MINUTE } from '../time.js';
import { fold } from '../decider.js';
import type { RentalCommand } from './commands.js';
import { rentalDecider } from './decider.js';
import type { RentalFact } from './facts.js';
import type { RentalState } from './state.js';

const stoppedAt = STARTED_AT + MINUTE;
const paid = [requested, received(), finalized()];
const over = [...paid, placed(), started(), metered(0, '1'), ended('buyer_stopped', stoppedAt, 'buyer')];
const closed = [...over, meterClosed(0, 1)];
const nothing = usdc(0n);
const settled: RentalFact = {
  type: 'RentalSettled',
  data: {
    paidMicroUsdc: nothing,
    chargedMicroUsdc: nothing,
    feeMicroUsdc: nothing,
    operatorMicroUsdc: nothing,
    refundedMicroUsdc: nothing,
  },
};

/** In the table's order of columns. `planned` to `settled` are states of the first plan of a rental that has ended. */
const states = {
  absent: [],
  requested: [requested],
  paid,
  placed: [...paid, placed()],
  running: [...paid, placed(), started()],
  ended: over,
  planned: [...closed, planned()],
  signed: [...closed, planned(), signed()],
  confirmed: [...closed, planned(), signed(), confirmed()],
  failed: [...closed, planned(), signed(), broke()],
  final: [...paid, ended('buyer_stopped', stoppedAt, 'buyer'), planned(), signed(), landed()],
  expired: [requested, expired],
  settled: [requested, expired, settled],
} satisfies Record<string, readonly RentalFact[]>;

/** One of each, exhaustively, each as it would be given in the state that waits for it. */
const commands: { readonly [Type in RentalCommand['type']]: Extract<RentalCommand, { type: Type }> } = {
  RequestRental: a.request({}, { payment: { ...a.request().payment, reference: 'another' } }),
  IssueCredential: a.issue(2),
  StopRental: a.stop(stoppedAt),
  RecordPayment: a.pay(2),
  FinalizePayment: a.finalize(1),
  ExpireRequest: a.expire(),
  PlaceRental: a.place(1),
  FailPlacement: a.failPlacement(1),
  StartRental: a.start(1),
  EndRental: a.end('term_elapsed', ENDS_AT),
  RevokeAccess: a.revoke(1),
  MeterUsage: a.meter(0, '1', stoppedAt),
  CloseMeter: a.closeMeter,
  PlanSettlement: a.planSettlement(2),
  SignPlan: a.sign(),
  ExpirePlan: a.expirePlan(),
  FailPlan: a.failPlan(),
  ConfirmPlan: a.confirm(),
  FinalizePlan: a.finalizePlan(),
  CloseSettlement: a.closeSettlement,
};

const decide = (state: RentalState, command: RentalCommand): string => {
  const outcome = rentalDecider.decide(state, command);
  if (outcome.kind === 'accepted') return 'yes';
  return outcome.kind === 'ignored' ? '-' : outcome.rejection.code;
};

/** yes: accepted. -: ignored. Anything else: rejected with this code. */
const table = `
  command         absent        requested       paid          placed        running       ended            planned         signed          confirmed       failed          final         expired         settled
  RequestRental   yes           rental_exists   rental_exists rental_exists rental_exists rental_exists    rental_exists   rental_exists   rental_exists   rental_exists   rental_exists rental_exists   rental_exists
  IssueCredential rental_absent yes             yes           yes           yes           wrong_state      wrong_state     wrong_state     wrong_state     wrong_state     wrong_state   wrong_state     wrong_state
  StopRental      rental_absent yes             yes           yes           yes           -                -               -               -               -               -             -               -
  RecordPayment   rental_absent yes             yes           yes           yes           yes              yes             yes             yes             yes             yes           yes             yes
  FinalizePayment rental_absent unknown_payment -             -             -             -                -               -               -               -               -             unknown_payment unknown_payment
  ExpireRequest   rental_absent yes             wrong_state   wrong_state   wrong_state   wrong_state      wrong_state     wrong_state     wrong_state     wrong_state     wrong_state   -               wrong_state
  PlaceRental     rental_absent wrong_state     yes           -             -             -                -               -               -               -               wrong_state   wrong_state     wrong_state
  FailPlacement   rental_absent -               -             yes           -             -                -               -               -               -               -             -               -
  StartRental     rental_absent wrong_state     wrong_state   yes           -             wrong_state      wrong_state     wrong_state     wrong_state     wrong_state     wrong_state   wrong_state     wrong_state
  EndRental       rental_absent wrong_state     wrong_state   wrong_state   yes           -                -               -               -               -               -             -               -
  RevokeAccess    rental_absent wrong_state     wrong_state   wrong_state   wrong_state   yes              yes             yes             yes             yes             -             wrong_state     -
  MeterUsage      rental_absent wrong_state     wrong_state   wrong_state   yes           -                -               -               -               -               wrong_state   wrong_state     wrong_state
  CloseMeter      rental_absent wrong_state     wrong_state   wrong_state   wrong_state   yes              -               -               -               -               wrong_state   wrong_state     wrong_state
  PlanSettlement  rental_absent wrong_state     wrong_state   wrong_state   wrong_state   meter_not_closed -               -               -               yes             -             -               -
  SignPlan        rental_absent unknown_plan    unknown_plan  unknown_plan  unknown_plan  unknown_plan     yes             -               -               -               -             unknown_plan    unknown_plan
  ExpirePlan      rental_absent unknown_plan    unknown_plan  unknown_plan  unknown_plan  unknown_plan     -               yes             plan_state      plan_state      -             unknown_plan    unknown_plan
  FailPlan        rental_absent unknown_plan    unknown_plan  unknown_plan  unknown_plan  unknown_plan     plan_state      yes             plan_state      -               -             unknown_plan    unknown_plan
  ConfirmPlan     rental_absent unknown_plan    unknown_plan  unknown_plan  unknown_plan  unknown_plan     plan_state      yes             -               plan_state      -             unknown_plan    unknown_plan
  FinalizePlan    rental_absent unknown_plan    unknown_plan  unknown_plan  unknown_plan  unknown_plan     plan_state      yes             yes             plan_state      -             unknown_plan    unknown_plan
  CloseSettlement rental_absent wrong_state     wrong_state   wrong_state   wrong_state   meter_not_closed not_all_settled not_all_settled not_all_settled not_all_settled yes           yes             -
`;

const rows = table
  .trim()
  .split('\n')
  .map((line) => line.trim().split(/\s+/));

describe('every command in every state', () => {
  it('has the outcome the table says', () => {
    const actual = Object.values(commands).map((command) => [
      command.type,
      ...Object.values(states).map((facts: readonly RentalFact[]) => decide(fold(rentalDecider, facts), command)),
    ]);
    expect(actual).toEqual(rows.slice(1));
  });

  it('is in the table', () => {
    expect(rows[0]).toEqual(['command', ...Object.keys(states)]);
    expect(rows.slice(1).map(([command]) => command)).toEqual(Object.keys(commands));
  });

  it('with any end but the term waits for the state it ends', () => {
    const state = (facts: readonly RentalFact[]) => fold(rentalDecider, facts);
    const at = STARTED_AT + 2 * MINUTE;
    expect(decide(state(states.running), a.end('node_failed', at))).toBe('yes');
    expect(decide(state(states.running), a.end('capacity_unavailable', at))).toBe('wrong_state');
    expect(decide(state(states.placed), a.end('node_failed', at))).toBe('wrong_state');
    expect(decide(state(states.placed), a.end('capacity_unavailable', at))).toBe('yes');
    expect(decide(state(states.requested), a.end('capacity_unavailable', at))).toBe('wrong_state');
  });
});
