/** A payment that was confirmed and is not on the final chain: operators are paid all the same, and the platform bears it. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import {
  ended,
  finalized,
  landed,
  meterClosed,
  metered,
  OPERATOR,
  OPERATOR_WALLET,
  payout,
  placed,
  planned,
  RATE,
  received,
  refund,
  requested,
  signed,
  started,
  STARTED_AT,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { MINUTE } from '../../time.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const running = [requested, received(), placed(), started()];
const at = STARTED_AT + 10 * MINUTE;
const group = { operatorId: OPERATOR, operatorWallet: OPERATOR_WALLET, rateMicroUsdcPerHour: RATE, tierBps: 10_000 };
const tenMinutes = { kind: 'final' as const, groups: [{ ...group, gpuCount: 1, minutes: 10 }] };

describe('a payment', () => {
  it('vanishes only while it is not final, and counts again if it lands after all', () => {
    given(...running)
      .when(c.vanish(2))
      .thenRejected('unknown_payment')
      .when(c.vanish())
      .then(c.vanished())
      .when(c.vanish())
      .thenIgnored('vanished already')
      .when(a.finalize())
      .thenIgnored('it has vanished')
      .when(a.end('payment_vanished', at))
      .then(ended('payment_vanished', at));
    given(...running, finalized())
      .when(c.vanish())
      .thenRejected('payment_is_final');
    given(...running, c.vanished())
      .when(a.pay())
      .then(received())
      .when(a.end('payment_vanished', at))
      .thenRejected('still_covered', { paidMicroUsdc: TOTAL, owedMicroUsdc: TOTAL });
  });

  it('that vanishes before anything is placed ends the request, with nothing owed to anybody', () => {
    given(requested, received(), c.vanished())
      .when(a.end('payment_vanished', at))
      .then(ended('payment_vanished', at))
      .when(a.planSettlement())
      .thenIgnored('nothing to plan')
      .when(a.closeSettlement)
      .then({
        type: 'RentalSettled',
        data: {
          paidMicroUsdc: usdc(0n),
          chargedMicroUsdc: usdc(0n),
          feeMicroUsdc: usdc(0n),
          operatorMicroUsdc: usdc(0n),
          refundedMicroUsdc: usdc(0n),
        },
      });
  });

  it('that vanishes leaves nobody with a machine that is not paid: none is chosen, started or taken up again', () => {
    const short = { paidMicroUsdc: usdc(0n), owedMicroUsdc: TOTAL };
    given(requested, received(), c.vanished()).when(a.place()).thenRejected('not_covered', short);
    given(requested, received(), placed(), c.vanished()).when(a.start()).thenRejected('not_covered', short);
    given(...running, c.interrupted(), placed(2), c.vanished())
      .when(c.resume())
      .thenRejected('not_covered', short);
  });

  it('that vanished for good keeps the books open until its operator has been paid by the platform', () => {
    given(...running, metered(0, '1'.repeat(10)), c.vanished(), ended('payment_vanished', at), meterClosed(9, 10))
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: 'what was served is not paid for' });
  });

  it('that lands after the platform has stood in for it goes back whole: what is paid out is not taken back', () => {
    const plan = {
      ...tenMinutes,
      paidMicroUsdc: usdc(0n),
      chargedMicroUsdc: usdc(973_333n),
      feeMicroUsdc: usdc(48_666n),
      transfers: [payout(924_667n)],
      shortfallMicroUsdc: usdc(973_333n),
    };
    const over = [ended('payment_vanished', at), metered(0, '1'.repeat(10)), meterClosed(9, 10)];
    given(...running, c.vanished(), ...over, planned(1, plan), signed(), landed(), received(), finalized())
      .when(a.planSettlement(2))
      .then(planned(2, { ...tenMinutes, paidMicroUsdc: TOTAL, transfers: [refund(TOTAL)] }));
  });

  it('that vanishes under a running rental is the loss of the platform: paid + shortfall = operator + fee', () => {
    // Ten minutes at 5.84 an hour; five percent of it is the fee.
    const plan = {
      ...tenMinutes,
      paidMicroUsdc: usdc(0n),
      chargedMicroUsdc: usdc(973_333n),
      feeMicroUsdc: usdc(48_666n),
      transfers: [payout(924_667n)],
      shortfallMicroUsdc: usdc(973_333n),
    };
    given(...running, metered(0, '1'.repeat(10)), c.vanished(), ended('payment_vanished', at), meterClosed(9, 10))
      .when(a.planSettlement())
      .then(planned(1, plan))
      .when(a.sign())
      .then(signed())
      .when(a.finalizePlan())
      .then(landed())
      .when(a.planSettlement(2))
      .thenIgnored('nothing to plan')
      .when(a.closeSettlement)
      .then({
        type: 'RentalSettled',
        data: {
          paidMicroUsdc: usdc(0n),
          chargedMicroUsdc: usdc(973_333n),
          feeMicroUsdc: usdc(48_666n),
          operatorMicroUsdc: usdc(924_667n),
          refundedMicroUsdc: usdc(0n),
          shortfallMicroUsdc: usdc(973_333n),
        },
      });
  });

  it('that vanishes beside another one costs the platform only what is missing', () => {
    const half = { amountMicroUsdc: usdc(500_000n) };
    const other = { amountMicroUsdc: usdc(TOTAL - 500_000n) };
    const facts = [requested, received(1, half), received(2, other), finalized(1), placed(), started()];
    given(...facts, metered(0, '1'.repeat(10)), c.vanished(2), ended('payment_vanished', at), meterClosed(9, 10))
      .when(a.planSettlement())
      .then(
        planned(1, {
          ...tenMinutes,
          paidMicroUsdc: usdc(500_000n),
          chargedMicroUsdc: usdc(973_333n),
          feeMicroUsdc: usdc(48_666n),
          transfers: [payout(924_667n)],
          shortfallMicroUsdc: usdc(473_333n),
        }),
      );
    given(
      ...facts,
      metered(0, '1'),
      c.vanished(2),
      ended('payment_vanished', at),
      metered(1, '000000000'),
      meterClosed(9, 1),
    )
      .when(a.planSettlement())
      .then(
        planned(1, {
          kind: 'final',
          groups: [{ ...group, gpuCount: 1, minutes: 1 }],
          paidMicroUsdc: usdc(500_000n),
          chargedMicroUsdc: usdc(97_333n),
          feeMicroUsdc: usdc(4_866n),
          transfers: [payout(92_467n), refund(402_667n)],
        }),
      );
  });
});
