/** A transfer is seen once; it credits one rental, or goes back to those who gave it, whole. */

import { uuid } from '@tokenos/testing/generators/names';
import {
  broke,
  BUYER_WALLET,
  FRIEND_WALLET,
  landed,
  landing,
  planned,
  refund,
  RENTAL,
  signed,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { failPlan, finalizePlan, sign } from '@tokenos/testing/generators/sample-commands';
import { seen, transfer } from '@tokenos/testing/generators/sample-payment';
import { storiesOf } from '@tokenos/testing/given';
import { fold } from '../decider.js';
import { usdc } from '../money.js';
import { paymentDecider, type PaymentCommand, type PaymentFact } from './payment.js';

const given = storiesOf(paymentDecider);
const planReturn = (n = 1, parkedWallets: readonly string[] = []): PaymentCommand => ({
  type: 'PlanReturn',
  planId: uuid('d', n),
  parkedWallets,
});
const close: PaymentCommand = { type: 'CloseReturn' };
const back = (n = 1, paid: bigint = TOTAL, ...transfers: ReturnType<typeof refund>[]) =>
  planned(n, { feeBps: 0, paidMicroUsdc: usdc(paid), transfers });
const returned = (n = 1): PaymentFact => {
  const { planId, signature } = landing(n);
  return { type: 'PaymentReturned', data: { planId, signature } };
};

describe('a payment', () => {
  it('is seen once, however often it is found', () => {
    given()
      .when({ type: 'SeePayment', seen: transfer({ assignedTo: RENTAL, why: null }) })
      .then(seen({ assignedTo: RENTAL, why: null }))
      .when({ type: 'SeePayment', seen: transfer({ assignedTo: uuid('a', 2), why: null }) })
      .thenIgnored('one transfer credits one rental');
  });

  it('that credits a rental goes back from there, never from here', () => {
    given(seen({ assignedTo: RENTAL, why: null }))
      .when(planReturn())
      .thenRejected('payment_assigned', { rentalId: RENTAL })
      .when(close)
      .thenRejected('not_all_settled');
  });

  it('for nobody goes back whole, once', () => {
    given(seen())
      .when(close)
      .thenRejected('not_all_settled', { reason: 'its return is not final' })
      .when(planReturn())
      .then(back(1, TOTAL, refund(TOTAL)))
      .when(planReturn(2))
      .thenIgnored('under way')
      .when(sign())
      .then(signed())
      .when(close)
      .thenRejected('not_all_settled', { reason: 'its return is not final' })
      .when(finalizePlan())
      .then(landed())
      .when(planReturn(2))
      .thenIgnored('nothing to plan')
      .when(close)
      .then(returned())
      .when(close)
      .thenIgnored('returned already')
      .when(planReturn(2))
      .thenIgnored('nothing to plan');
  });

  it('of several payers goes back to each what each gave, one transfer per wallet', () => {
    const payers = [
      { wallet: BUYER_WALLET, amount: 5n },
      { wallet: FRIEND_WALLET, amount: 3n },
      { wallet: BUYER_WALLET, amount: 2n },
    ];
    given(seen({ amount: 10n, payers, why: 'several_payers' }))
      .when(planReturn())
      .then(back(1, 10n, refund(7n), refund(3n, FRIEND_WALLET)));
  });

  it('of which one payer cannot receive goes back to the others first', () => {
    const payers = [
      { wallet: BUYER_WALLET, amount: 5n },
      { wallet: FRIEND_WALLET, amount: 3n },
    ];
    given(seen({ amount: 8n, payers, why: 'several_payers' }))
      .when(planReturn(1, [BUYER_WALLET, FRIEND_WALLET]))
      .thenIgnored('nothing to plan')
      .when(planReturn(1, [FRIEND_WALLET]))
      .then(back(1, 8n, refund(5n)))
      .when(sign(1))
      .then(signed(1))
      .when(finalizePlan(1))
      .then(landed(1))
      .when(close)
      .thenRejected('not_all_settled', { reason: 'a part of it is still held' })
      .when(planReturn(1))
      .thenIgnored('planned already')
      .when(planReturn(2))
      .then(back(2, 8n, refund(3n, FRIEND_WALLET)))
      .when(sign(2))
      .then(signed(2))
      .when(finalizePlan(2))
      .then(landed(2))
      .when(close)
      .then(returned(2));
  });

  it('whose return failed on chain is planned anew', () => {
    given(seen(), back(1, TOTAL, refund(TOTAL)), signed())
      .when(failPlan())
      .then(broke())
      .when(planReturn(2))
      .then(back(2, TOTAL, refund(TOTAL)));
  });

  it('in another currency is kept until its wallet claims it', () => {
    given(seen({ why: 'wrong_mint' }))
      .when(planReturn())
      .thenRejected('not_all_settled', { reason: 'its source wallet must claim it with a signature' });
  });

  it.each([[[]], [[{ wallet: BUYER_WALLET, amount: 1n }]]])(
    'whose payers do not add up is never guessed at',
    (payers) => {
      given(seen({ payers, why: 'several_payers' }))
        .when(planReturn())
        .thenRejected('not_all_settled', { reason: 'what its payers gave does not add up to it' })
        .when(close)
        .thenRejected('not_all_settled');
    },
  );

  it('nobody has seen accepts nothing but being seen', () => {
    const commands = [planReturn(), close, sign(), finalizePlan(), failPlan()];
    for (const command of commands) given().when(command).thenRejected('payment_absent');
    expect(fold(paymentDecider, [landed()])).toEqual({ status: 'absent' });
  });
});
