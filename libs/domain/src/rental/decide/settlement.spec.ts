/** Money on its way out of a rental: planned once, in parts where a payee cannot receive, and closed when nothing is held. */

import * as a from '@tokenos/testing/generators/sample-commands';
import {
  broke,
  BUYER_WALLET,
  confirmed,
  ended,
  ENDS_AT,
  finalized,
  landed,
  lapsed,
  meterClosed,
  metered,
  OPERATOR,
  OPERATOR_WALLET,
  payout,
  placed,
  plan,
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
import { address, uuid } from '@tokenos/testing/generators/names';
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
    given(...over, received(2))
      .when(a.planSettlement())
      .thenRejected('payment_not_final');
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

describe("a plan's transaction", () => {
  const sent = [...stopped, planned(), signed()];

  it('is signed again only when its bytes can never land any more', () => {
    given(...sent)
      .when({ type: 'ExpirePlan', expired: { ...a.expirePlan().expired, finalizedBlockHeight: 500 } })
      .thenRejected('bytes_may_land', { planId: plan().planId, finalizedBlockHeight: 500, lastValidBlockHeight: 500 })
      .when(a.sign(1, 2))
      .thenIgnored('is signed')
      .when(a.expirePlan())
      .then(lapsed())
      .when(a.expirePlan())
      .thenIgnored('no signed bytes are out')
      .when(a.sign(1, 2))
      .then(signed(1, 2))
      .when(a.expirePlan(1, 1))
      .thenIgnored('signed again since')
      .when(a.finalizePlan(1, 2))
      .then(landed(1, 2));
  });

  it('that lands although it was replaced is refused aloud: the plan could be paid twice', () => {
    given(...sent, lapsed(), signed(1, 2))
      .when(a.confirm(1, 1))
      .thenRejected('unknown_signature', { planId: uuid('d', 1), signature: signed(1, 1).data.signature })
      .when(a.finalizePlan(1, 1))
      .thenRejected('unknown_signature');
  });

  it('may become final without having been seen confirmed, and is final once', () => {
    given(...sent)
      .when(a.finalizePlan())
      .then(landed())
      .when(a.finalizePlan())
      .thenIgnored('is final')
      .when(a.confirm())
      .thenIgnored('is final')
      .when(a.expirePlan())
      .thenIgnored('is final')
      .when(a.failPlan())
      .thenIgnored('is final');
  });

  it('seen on chain once is not given up because a node does not see it', () => {
    given(...sent)
      .when(a.confirm())
      .then(confirmed())
      .when(a.confirm())
      .thenIgnored('confirmed already')
      .when(a.expirePlan())
      .thenRejected('plan_state', { planId: uuid('d', 1), status: 'confirmed', command: 'ExpirePlan' })
      .when(a.failPlan())
      .thenRejected('plan_state')
      .when(a.finalizePlan())
      .then(landed());
  });

  it('cannot have landed before it was signed', () => {
    given(...stopped, planned())
      .when(a.finalizePlan())
      .thenRejected('plan_state', { planId: uuid('d', 1), status: 'planned', command: 'FinalizePlan' })
      .when(a.sign(2))
      .thenRejected('unknown_plan', { planId: uuid('d', 2) });
  });

  it('must be final before the books close', () => {
    given(...sent)
      .when(a.closeSettlement)
      .thenRejected('not_all_settled', { reason: `plan ${uuid('d', 1)} is signed` });
  });
});
