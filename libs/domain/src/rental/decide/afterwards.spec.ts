/** What is said of a rental that is over: stars by who was served, and grams for exactly what was served. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import { correctionPlanned, planCorrection } from '@tokenos/testing/generators/sample-correction';
import {
  BUYER_WALLET,
  ended,
  expired,
  finalized,
  meterClosed,
  metered,
  OPERATOR_WALLET,
  placed,
  received,
  requested,
  requestedPaying,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { MINUTE } from '../../time.js';
import { rentalDecider } from '../decider.js';
import type { RentalFact } from '../facts.js';

const given = storiesOf(rentalDecider);
const running = [requested, received(), finalized(), placed(), started()];
const over = [...running, metered(0, '11'), ended('buyer_stopped', STARTED_AT + 2 * MINUTE, 'buyer')];
const nothingPaid: RentalFact = {
  type: 'RentalSettled',
  data: {
    paidMicroUsdc: usdc(0n),
    chargedMicroUsdc: usdc(0n),
    feeMicroUsdc: usdc(0n),
    operatorMicroUsdc: usdc(0n),
    refundedMicroUsdc: usdc(0n),
  },
};
const closed = [...over, meterClosed(1, 2)];

describe('a rating', () => {
  it('is given once, by who was served, when the rental is over', () => {
    given(...running, metered(0, '1'))
      .when(c.rate())
      .thenRejected('nothing_to_rate');
    given(...over)
      .when(c.rate(5))
      .then(c.rated(5))
      .when(c.rate(5))
      .thenIgnored('rated so already')
      .when(c.rate(1))
      .thenRejected('rated_already', { stars: 5 });
  });

  it('cannot be had by a rental that served not a minute', () => {
    given(...running, metered(0, '00'), ended('buyer_stopped', STARTED_AT + 2 * MINUTE, 'buyer'))
      .when(c.rate())
      .thenRejected('nothing_to_rate');
    given(requested, received(), ended('buyer_stopped', STARTED_AT, 'buyer'))
      .when(c.rate())
      .thenRejected('nothing_to_rate');
  });

  it.each([0, 6, 4.5, -1])('of %s stars is none', (stars) => {
    given(...over)
      .when(c.rate(stars))
      .thenRejected('bad_stars', { stars });
  });
});

describe('a footprint', () => {
  it('is attributed once, when the meter is closed, for the minutes that were served', () => {
    given(...running)
      .when(c.attributeCarbon())
      .thenRejected('wrong_state');
    given(...over)
      .when(c.attributeCarbon(2))
      .thenRejected('meter_not_closed');
    given(...closed)
      .when(c.attributeCarbon(3))
      .thenRejected('carbon_minutes', { minutes: 3, served: 2 })
      .when(c.attributeCarbon(2))
      .then(c.attributed(2))
      .when(c.attributeCarbon(2))
      .thenIgnored('attributed already');
  });
});

describe('a correction', () => {
  it('is paid by the platform beside books that are closed, once, and for a reason', () => {
    const settled = [requested, received(), ended('buyer_stopped', STARTED_AT, 'buyer')];
    given(...settled)
      .when(planCorrection())
      .thenRejected('wrong_state');
    given(requested, received(1, { amountMicroUsdc: usdc(5n) }), expired, nothingPaid)
      .when({ ...planCorrection(), why: '' })
      .thenRejected('bad_correction', { why: '' })
      .when({ ...planCorrection(), transfers: [] })
      .thenRejected('bad_correction')
      .when(planCorrection())
      .then(correctionPlanned())
      .when(planCorrection())
      .thenIgnored('planned already')
      .when(planCorrection(8))
      .thenIgnored('under way')
      .when(a.planSettlement(9))
      .thenIgnored('under way');
  });

  it.each<[what: string, role: 'refund' | 'operator', wallet: string, proven: string | null, isParty: boolean]>([
    ['its buyer', 'refund', BUYER_WALLET, null, true],
    ['whoever ran it', 'operator', OPERATOR_WALLET, null, true],
    ['the wallet that its buyer proved', 'refund', OPERATOR_WALLET, OPERATOR_WALLET, true],
    ['a payer who proved another wallet', 'refund', BUYER_WALLET, OPERATOR_WALLET, false],
    ['a stranger, as its buyer', 'refund', OPERATOR_WALLET, null, false],
    ['a stranger, as its operator', 'operator', BUYER_WALLET, null, false],
  ])('to %s', (_what, role, to, refundTo, isParty) => {
    const transfers = [{ role, to, amountMicroUsdc: usdc(77n) }];
    const books = given(requestedPaying({ refundTo }), ...closed.slice(1), nothingPaid);
    const { kind } = rentalDecider.decide(books.state, { ...planCorrection(), transfers });
    expect(kind).toBe(isParty ? 'accepted' : 'rejected');
  });
});
