/** Every command in every state: one generated table, in which nothing is left to chance and nothing throws. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import { planCorrection } from '@tokenos/testing/generators/sample-correction';
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
  requestedWith,
  signed,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { goldenText } from '@tokenos/testing/generators/golden';
import { fold } from '../decider.js';
import { usdc } from '../money.js';
import { MINUTE } from '../time.js';
import type { RentalCommand } from './commands.js';
import { rentalDecider } from './decider.js';
import type { RentalFact } from './facts.js';
import type { RentalState } from './state.js';

const stoppedAt = STARTED_AT + MINUTE;
const paid = [requested, received(), finalized()];
const running = [...paid, placed(), started()];
const spot = [requestedWith({ tier: 'SPOT' }), received(), finalized(), placed(), started()];
const interrupted = [...running, metered(0, '1111111111'), c.interrupted()];
const over = [...running, metered(0, '1'), ended('buyer_stopped', stoppedAt, 'buyer')];
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

/** The columns. `planned` to `settled` are states of the first plan of a rental that has ended. */
const states: Readonly<Record<string, readonly RentalFact[]>> = {
  absent: [],
  requested: [requested],
  unsure: [requested, received()],
  paid,
  placed: [...paid, placed()],
  running,
  quoted: [...running, c.extensionQuoted],
  spot,
  noticed: [...spot, c.noticed],
  delivered: [...spot, c.noticed, c.delivered()],
  saving: [...spot, c.noticed, c.checkpointRequested()],
  unfunded: [requested, received(), placed(), started(), c.vanished()],
  interrupted,
  replaced: [...interrupted, placed(2)],
  resumed: [...interrupted, placed(2), c.resumed()],
  returned: [...interrupted, placed(2), c.resumed(), c.returned()],
  halted: [...running, c.halted],
  ended: over,
  closed,
  planned: [...closed, planned()],
  signed: [...closed, planned(), signed()],
  confirmed: [...closed, planned(), signed(), confirmed()],
  failed: [...closed, planned(), signed(), broke()],
  final: [...paid, ended('buyer_stopped', stoppedAt, 'buyer'), planned(), signed(), landed()],
  expired: [requested, expired],
  settled: [requested, expired, settled],
};

/** One of each, exhaustively, each as it would be given in the state that waits for it. */
const commands: { readonly [Type in RentalCommand['type']]: Extract<RentalCommand, { type: Type }> } = {
  RequestRental: a.request({}, { payment: { ...a.request().payment, reference: 'another' } }),
  IssueCredential: a.issue(2),
  StopRental: a.stop(stoppedAt),
  QuoteExtension: c.quoteExtension(),
  RateRental: c.rate(),
  RequestCheckpoint: c.requestCheckpoint(),
  ReleaseRental: c.release,
  RecordPayment: a.pay(2),
  FinalizePayment: a.finalize(1),
  VanishPayment: c.vanish(1),
  ExpireRequest: a.expire(),
  PlaceRental: a.place(1),
  FailPlacement: a.failPlacement(1),
  StartRental: a.start(1),
  InterruptRental: c.interrupt(1),
  ResumeRental: c.resume(2),
  NoteReturn: c.noteReturn(2),
  SaveCheckpoint: c.saveCheckpoint(1),
  NoticePreemption: c.noticePreemption,
  DeliverPreemption: c.deliver(1),
  EndPreempted: c.endPreempted(),
  EndRental: a.end('term_elapsed', ENDS_AT),
  RevokeAccess: a.revoke(1),
  MeterUsage: a.meter(0, '1', stoppedAt),
  CloseMeter: a.closeMeter,
  AttributeCarbon: c.attributeCarbon(1),
  PlanSettlement: a.planSettlement(2),
  PlanCorrection: planCorrection(),
  SignPlan: a.sign(),
  ExpirePlan: a.expirePlan(),
  FailPlan: a.failPlan(),
  ConfirmPlan: a.confirm(),
  FinalizePlan: a.finalizePlan(),
  CloseSettlement: a.closeSettlement,
  HaltRental: c.halt,
};

const stateOf = (facts: readonly RentalFact[]): RentalState => fold(rentalDecider, facts);

/** `yes`: accepted. `-`: ignored, with a reason. Anything else: rejected with this code. */
const decide = (state: RentalState, command: RentalCommand): string => {
  const outcome = rentalDecider.decide(state, command);
  if (outcome.kind === 'accepted') return 'yes';
  return outcome.kind === 'ignored' ? '-' : outcome.rejection.code;
};

/** One block per state: readable in a diff, unlike a table of twenty-five columns. */
const table = (): string =>
  Object.entries(states)
    .map(([name, facts]) => {
      const lines = Object.values(commands).map(
        (command) => `  ${command.type.padEnd(18)}${decide(stateOf(facts), command)}`,
      );
      return [name, ...lines].join('\n');
    })
    .join('\n\n');

describe('every command in every state', () => {
  it('has the outcome the generated table says', () => {
    expect(`${table()}\n`).toBe(goldenText('domain/golden/matrix.txt'));
  });

  it('is accepted somewhere, and refused with a code or ignored with a reason somewhere else', () => {
    for (const command of Object.values(commands)) {
      const outcomes = Object.values(states).map((facts) => decide(stateOf(facts), command));
      const applied = { ...command, outcomes };
      if (command.type !== 'PlanCorrection')
        expect(applied).toMatchObject({ outcomes: expect.arrayContaining(['yes']) });
      expect(outcomes.some((outcome) => outcome !== 'yes')).toBe(true);
    }
  });

  it('with any end but the term waits for the state it ends', () => {
    const at = STARTED_AT + 12 * MINUTE;
    const inState = (name: string, command: RentalCommand) => decide(stateOf(states[name] ?? []), command);
    expect(inState('running', a.end('node_failed', at))).toBe('yes');
    expect(inState('interrupted', a.end('node_failed', at))).toBe('yes');
    expect(inState('interrupted', a.end('operator_withdrew', at))).toBe('yes');
    expect(inState('running', a.end('capacity_unavailable', at))).toBe('wrong_state');
    expect(inState('placed', a.end('node_failed', at))).toBe('wrong_state');
    expect(inState('placed', a.end('capacity_unavailable', at))).toBe('yes');
    expect(inState('requested', a.end('capacity_unavailable', at))).toBe('wrong_state');
    expect(inState('running', a.end('payment_vanished', at))).toBe('still_covered');
    expect(inState('unfunded', a.end('payment_vanished', at))).toBe('yes');
  });
});
