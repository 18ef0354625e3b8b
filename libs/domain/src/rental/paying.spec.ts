/** Every way to pay a rental wrongly, and where the money then goes. */

import {
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
  quote,
  RATE,
  received,
  refund,
  requested,
  signed,
  started,
  T0,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import * as a from '@tokenos/testing/generators/sample-commands';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../money.js';
import { MINUTE, SECOND } from '../time.js';
import { rentalDecider } from './decider.js';
import type { RentalFact } from './facts.js';

const given = storiesOf(rentalDecider);

const HOUR_OF_MINUTES = '1'.repeat(60);
const running = [requested, received(), finalized(), placed(), started()];
const served = (minutes: number) => [
  {
    operatorId: OPERATOR,
    operatorWallet: OPERATOR_WALLET,
    rateMicroUsdcPerHour: RATE,
    tierBps: 10_000,
    gpuCount: 1,
    minutes,
  },
];
const totals = (paid: bigint, operator: bigint, fee: bigint): RentalFact => ({
  type: 'RentalSettled',
  data: {
    paidMicroUsdc: usdc(paid),
    chargedMicroUsdc: usdc(operator + fee),
    feeMicroUsdc: usdc(fee),
    operatorMicroUsdc: usdc(operator),
    refundedMicroUsdc: usdc(paid - operator - fee),
  },
});
const everythingBack = totals(TOTAL, 0n, 0n);

describe('a rental', () => {
  it('never paid expires, owing nobody anything', () => {
    given(requested)
      .when(a.expire(quote.expiresAt))
      .thenRejected('too_early', { at: quote.expiresAt, notBefore: quote.expiresAt });
    given(requested).when(a.expire()).then(expired).when(a.planSettlement()).thenIgnored('nothing to plan');
    given(requested, expired)
      .when(a.closeSettlement)
      .then(totals(0n, 0n, 0n));
  });

  it('paid short never starts, and what was paid goes back once it has expired', () => {
    given(requested)
      .when(a.pay(1, { amountMicroUsdc: usdc(5_000_000n) }))
      .then(received(1, { amountMicroUsdc: usdc(5_000_000n) }))
      .when(a.place())
      .thenRejected('wrong_state', { status: 'requested', command: 'PlaceRental' })
      .when(a.expire())
      .then(expired)
      .when(a.finalize())
      .then(finalized())
      .when(a.planSettlement())
      .then(planned(1, { paidMicroUsdc: usdc(5_000_000n), transfers: [refund(5_000_000n)] }));
  });

  it('paid late never starts, and the money goes back whole', () => {
    const late = { blockTime: quote.expiresAt + 1 };
    given(requested, received(1, late)).when(a.place()).thenRejected('wrong_state');
    given(requested, received(1, late), expired, finalized()).when(a.planSettlement()).then(planned());
  });

  it('paid at the very last millisecond counts', () => {
    given(requested, received(1, { blockTime: quote.expiresAt }))
      .when(a.place())
      .then(placed());
  });

  it('topped up in time by a friend starts; the surplus goes to the one who paid last', () => {
    const half = { amountMicroUsdc: usdc(3_000_000n) };
    const rest = { amountMicroUsdc: usdc(2_900_000n), payer: FRIEND_WALLET };
    given(requested, received(1, half))
      .when(a.pay(2, rest))
      .then(received(2, rest))
      .when(a.place())
      .then(placed())
      .when(a.stop(T0 + 25 * SECOND))
      .then(ended('buyer_stopped', T0 + 25 * SECOND, 'buyer'))
      .when(a.planSettlement())
      .thenRejected('payment_not_final')
      .when(a.finalize(1))
      .then(finalized(1))
      .when(a.finalize(2))
      .then(finalized(2))
      .when(a.planSettlement())
      .then(
        planned(1, {
          paidMicroUsdc: usdc(5_900_000n),
          transfers: [refund(2_900_000n, FRIEND_WALLET), refund(3_000_000n, BUYER_WALLET)],
        }),
      );
  });

  it('paid twice gives the second payment back in full and the first in part', () => {
    const second = { payer: FRIEND_WALLET };
    given(
      ...running,
      received(2, second),
      finalized(2),
      metered(0, HOUR_OF_MINUTES),
      ended('term_elapsed', ENDS_AT),
      meterClosed(59, 60),
    )
      .when(a.planSettlement())
      .then(
        planned(1, {
          kind: 'final',
          paidMicroUsdc: usdc(2n * TOTAL),
          groups: served(60),
          chargedMicroUsdc: RATE,
          feeMicroUsdc: usdc(292_000n),
          transfers: [payout(5_548_000n), refund(TOTAL, FRIEND_WALLET), refund(1_234n, BUYER_WALLET)],
        }),
      );
  });

  it('gives a payment that comes after settlement back whole, and charges nothing more', () => {
    const settled = [requested, received(), finalized(), ended('buyer_stopped', T0 + 30 * SECOND, 'buyer')];
    given(...settled, planned(), signed(), landed(), everythingBack, received(2, { payer: FRIEND_WALLET }))
      .when(a.planSettlement(2))
      .thenIgnored('nothing to plan')
      .when(a.finalize(2))
      .then(finalized(2))
      .when(a.planSettlement(2))
      .then(planned(2, { paidMicroUsdc: usdc(2n * TOTAL), transfers: [refund(TOTAL, FRIEND_WALLET)] }));
  });

  it('paid in two parts waits from the second on', () => {
    const half = { amountMicroUsdc: usdc(3_000_000n) };
    const later = { ...half, blockTime: T0 + 5 * MINUTE };
    given(requested, received(1, half), received(2, later))
      .when(a.end('capacity_unavailable', T0 + 6 * MINUTE - 1))
      .thenRejected('too_early', { at: T0 + 6 * MINUTE - 1, notBefore: T0 + 6 * MINUTE });
    given(requested, received(2, later), received(1, half))
      .when(a.end('capacity_unavailable', T0 + 6 * MINUTE - 1))
      .thenRejected('too_early', { at: T0 + 6 * MINUTE - 1, notBefore: T0 + 6 * MINUTE });
  });
});
