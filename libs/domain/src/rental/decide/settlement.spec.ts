/** Money on its way out of a rental: planned once, in parts where a payee cannot receive, and closed when nothing is held. */

import * as a from '@tokenos/testing/generators/sample-commands';
import {
  broke,
  BUYER_WALLET,
  ended,
  ENDS_AT,
  expired,
  finalized,
  FRIEND_WALLET,
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
  requestedPaying,
  signed,
  started,
  T0,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { address, nth } from '@tokenos/testing/generators/names';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { SECOND } from '../../time.js';
import { rentalDecider } from '../decider.js';
import type { RentalFact } from '../facts.js';

const given = storiesOf(rentalDecider);
const hour = [
  received(),
  finalized(),
  placed(),
  started(),
  metered(0, '1'.repeat(60)),
  ended('term_elapsed', ENDS_AT),
  meterClosed(59, 60),
];
const over = [requested, ...hour];
const stopped = [requested, received(), finalized(), ended('buyer_stopped', T0 + 30 * SECOND, 'buyer')];
/** Dust is final; what the rental was paid with is not. */
const unsure = [requested, received(), received(2, { amountMicroUsdc: usdc(1n), payer: FRIEND_WALLET })];
const whole = {
  kind: 'final' as const,
  groups: [
    {
      operatorId: OPERATOR,
      operatorWallet: OPERATOR_WALLET,
      rateMicroUsdcPerHour: RATE,
      tierBps: 10_000,
      gpuCount: 1,
      minutes: 60,
    },
  ],
};
const toBoth = {
  ...whole,
  chargedMicroUsdc: RATE,
  feeMicroUsdc: usdc(292_000n),
  transfers: [payout(5_548_000n), refund(1_234n)],
};
const toBuyer = { ...whole, transfers: [refund(1_234n)] };
const toOperator = {
  ...whole,
  chargedMicroUsdc: RATE,
  feeMicroUsdc: usdc(292_000n),
  transfers: [payout(5_548_000n)],
};
const sealed = (n: number) => [signed(n), landed(n)];
const settled: RentalFact = {
  type: 'RentalSettled',
  data: {
    paidMicroUsdc: TOTAL,
    chargedMicroUsdc: RATE,
    feeMicroUsdc: usdc(292_000n),
    operatorMicroUsdc: usdc(5_548_000n),
    refundedMicroUsdc: usdc(1_234n),
  },
};

describe('a plan', () => {
  it('waits for the meter, for final payments and for the operator to have a wallet', () => {
    given(...over.slice(0, -1))
      .when(a.planSettlement())
      .thenRejected('meter_not_closed');
    given(...unsure, finalized(2), placed(), ...hour.slice(3))
      .when(a.planSettlement())
      .thenRejected('payment_not_final')
      .when(a.closeSettlement)
      .thenRejected('payment_not_final')
      .when(a.finalize(1))
      .then(finalized(1))
      .when(a.planSettlement())
      .then(
        planned(1, {
          ...toBoth,
          paidMicroUsdc: usdc(TOTAL + 1n),
          transfers: [payout(5_548_000n), refund(1n, FRIEND_WALLET), refund(1_234n)],
        }),
      );
    given(...over)
      .when({ ...a.planSettlement(), operatorWallets: {} })
      .thenRejected('operator_wallet_unknown', { operatorId: OPERATOR });
  });

  it('is one at a time, and asked for twice it is still one', () => {
    given(...over)
      .when(a.planSettlement(1))
      .then(planned(1, toBoth))
      .when(a.planSettlement(1))
      .thenIgnored('under way')
      .when(a.planSettlement(2))
      .thenIgnored('under way');
    given(...over, planned(1, toBoth), ...sealed(1))
      .when(a.planSettlement(2))
      .thenIgnored('nothing to plan');
  });

  it('refunds the wallet that the buyer proved, whoever paid', () => {
    const other = address('Proven');
    given(requestedPaying({ refundTo: other }), ...hour)
      .when(a.planSettlement())
      .then(planned(1, { ...toBoth, transfers: [payout(5_548_000n), refund(1_234n, other)] }));
  });
});

describe('dust, sent to a public reference again and again,', () => {
  const dust = { amountMicroUsdc: usdc(1n), payer: FRIEND_WALLET };

  it('holds up neither the plan nor the books, and goes back by itself once it is final', () => {
    given(...over, received(2, dust), received(3, { ...dust, blockTime: ENDS_AT }))
      .when(a.planSettlement(1))
      .then(planned(1, toBoth))
      .when(a.sign(1))
      .then(signed(1))
      .when(a.finalizePlan(1))
      .then(landed(1))
      .when(a.planSettlement(2))
      .thenIgnored('nothing to plan')
      .when(a.closeSettlement)
      .then(settled)
      .when(a.finalize(3))
      .then(finalized(3))
      .when(a.planSettlement(2))
      .then(
        planned(2, {
          ...whole,
          kind: 'return',
          paidMicroUsdc: usdc(TOTAL + 1n),
          transfers: [refund(1n, FRIEND_WALLET)],
        }),
      );
  });

  it('that came first and is final last changes what is due to nobody else but by giving more back', () => {
    const first = [requested, received(2, dust), received(), finalized(), ...hour.slice(2)];
    given(...first)
      .when(a.planSettlement(1))
      .then(planned(1, toBoth))
      .when(a.sign(1))
      .then(signed(1))
      .when(a.finalizePlan(1))
      .then(landed(1))
      .when(a.finalize(2))
      .then(finalized(2))
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: 'money is still held' })
      .when(a.planSettlement(2))
      .then(planned(2, { ...whole, paidMicroUsdc: usdc(TOTAL + 1n), transfers: [refund(1n)] }));
  });

  it('is no reason to close the books before the own payment is final', () => {
    given(requested, received(), ended('buyer_stopped', T0 + 30 * SECOND, 'buyer'), received(2, dust), finalized(2))
      .when(a.closeSettlement)
      .thenRejected('payment_not_final');
    given(requested, expired, received(2, { ...dust, blockTime: ENDS_AT }))
      .when(a.closeSettlement)
      .thenRejected('payment_not_final');
  });
});

describe('a plan for more payees than one transaction holds', () => {
  const crowd = Array.from({ length: 19 }, (_, n) => n + 2);
  const wallet = (n: number) => address(nth('Payer', n));

  it('pays the first of them, and the rest in the plan after it', () => {
    const paid = crowd.flatMap((n) => [received(n, { amountMicroUsdc: usdc(1n), payer: wallet(n) }), finalized(n)]);
    const back = [...crowd].reverse().map((n) => refund(1n, wallet(n)));
    const paidMicroUsdc = usdc(TOTAL + 19n);
    given(...stopped, ...paid)
      .when(a.planSettlement(1))
      .then(planned(1, { paidMicroUsdc, transfers: back.slice(0, 17) }))
      .when(a.sign(1))
      .then(signed(1))
      .when(a.finalizePlan(1))
      .then(landed(1))
      .when(a.planSettlement(2))
      .then(planned(2, { paidMicroUsdc, transfers: [...back.slice(17), refund(TOTAL)] }));
  });
});

describe('a payee who cannot receive', () => {
  it('as operator waits with the fee, while the buyer is paid; both follow, and only then the books close', () => {
    given(...over)
      .when(a.planSettlement(1, [OPERATOR_WALLET]))
      .then(planned(1, toBuyer))
      .when(a.sign(1))
      .then(signed(1))
      .when(a.finalizePlan(1))
      .then(landed(1))
      .when(a.planSettlement(1))
      .thenIgnored('planned already')
      .when(a.planSettlement(2, [OPERATOR_WALLET]))
      .thenIgnored('nothing to plan')
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: 'money is still held' })
      .when(a.planSettlement(2))
      .then(planned(2, toOperator))
      .when(a.sign(2))
      .then(signed(2))
      .when(a.finalizePlan(2))
      .then(landed(2))
      .when(a.closeSettlement)
      .then(settled);
  });

  it('as buyer waits, while the operator is paid', () => {
    given(...over)
      .when(a.planSettlement(1, [BUYER_WALLET]))
      .then(planned(1, toOperator))
      .when(a.sign(1))
      .then(signed(1))
      .when(a.finalizePlan(1))
      .then(landed(1))
      .when(a.closeSettlement)
      .thenRejected('not_all_settled')
      .when(a.planSettlement(2))
      .then(planned(2, toBuyer));
  });

  it('together with everyone else leaves nothing to plan, and nothing is lost', () => {
    given(...over)
      .when(a.planSettlement(1, [BUYER_WALLET, OPERATOR_WALLET]))
      .thenIgnored('nothing to plan')
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: 'money is still held' });
  });

  it('found only when the transaction failed does not hold up the others', () => {
    given(...over, planned(1, toBoth), signed(1))
      .when(a.failPlan(1))
      .then(broke(1))
      .when(a.failPlan(1))
      .thenIgnored('failed already')
      .when(a.sign(1, 2))
      .thenIgnored('plan')
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: 'money is still held' })
      .when(a.planSettlement(1))
      .thenIgnored('planned already')
      .when(a.planSettlement(2, [OPERATOR_WALLET]))
      .then(planned(2, toBuyer))
      .when(a.sign(2))
      .then(signed(2))
      .when(a.finalizePlan(2))
      .then(landed(2))
      .when(a.planSettlement(3))
      .then(planned(3, toOperator));
  });
});
