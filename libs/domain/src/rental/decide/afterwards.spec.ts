/** What is said of a rental that is over: stars by who was served, and grams for exactly what was served. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import {
  ended,
  expired,
  finalized,
  meterClosed,
  metered,
  placed,
  received,
  requested,
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
      .when(c.planCorrection())
      .thenRejected('wrong_state');
    given(requested, expired, nothingPaid)
      .when({ ...c.planCorrection(), why: '' })
      .thenRejected('bad_correction', { why: '' })
      .when({ ...c.planCorrection(), transfers: [] })
      .thenRejected('bad_correction')
      .when(c.planCorrection())
      .then(c.correctionPlanned())
      .when(c.planCorrection())
      .thenIgnored('planned already')
      .when(c.planCorrection(8))
      .thenIgnored('under way')
      .when(a.planSettlement(9))
      .thenIgnored('under way');
  });
});
