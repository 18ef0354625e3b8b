/** Minutes: in order, each once, none beyond the end, and the meter closes when all are in. */

import { closeMeter, meter } from '@tokenos/testing/generators/sample-commands';
import {
  ended,
  ENDS_AT,
  meterClosed,
  metered,
  placed,
  received,
  requested,
  started,
  STARTED_AT,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { MINUTE, SECOND } from '../../time.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const running = [requested, received(), placed(), started()];

describe('the meter', () => {
  it('takes a minute when it has passed, and not a second earlier', () => {
    given(...running)
      .when(meter(0, '1', STARTED_AT + 59 * SECOND))
      .thenRejected('minutes_not_billable', { firstMinute: 0, lastMinute: 0, limit: 0 })
      .when(meter(0, '1', STARTED_AT + MINUTE))
      .then(metered(0, '1'));
  });

  it('takes each minute once: what it has is ignored, also where something new is attached', () => {
    given(...running, metered(0, '111'))
      .when(meter(0, '111'))
      .thenIgnored('metered already')
      .when(meter(2, '11'))
      .thenIgnored('metered already')
      .when(meter(4, '1'))
      .thenRejected('minutes_gap', { firstMinute: 4, expected: 3 })
      .when(meter(3, '1'))
      .then(metered(3, '1'));
  });

  it.each(['', '2', '1 1', '1'.repeat(61), '1\n'])('refuses %j as a bitmap', (bitmap) => {
    given(...running)
      .when(meter(0, bitmap))
      .thenRejected('bad_bitmap', { bitmap });
  });

  it.each([Number.NaN, 0.5])('refuses to begin at minute %d', (first) => {
    given(...running)
      .when(meter(first, '1'))
      .thenRejected('minutes_gap');
  });

  it('takes no minute beyond the term, however late it is', () => {
    given(...running, metered(0, '1'.repeat(59)))
      .when(meter(59, '11', ENDS_AT + 60 * MINUTE))
      .thenRejected('minutes_not_billable', { firstMinute: 59, lastMinute: 60, limit: 60 })
      .when(meter(59, '1', ENDS_AT))
      .then(metered(59, '1'));
  });

  it('closes once, when every whole minute up to the end is in', () => {
    given(...running, ended('buyer_stopped', STARTED_AT + 3 * MINUTE - 1, 'buyer'))
      .when(closeMeter)
      .thenRejected('minutes_gap', { firstMinute: 2, expected: 0 })
      .when(meter(0, '10'))
      .then(metered(0, '10'))
      .when(closeMeter)
      .then(meterClosed(1, 1))
      .when(closeMeter)
      .thenIgnored('closed already')
      .when(meter(2, '1'))
      .thenIgnored('the meter is closed');
  });

  it('stays open while the rental runs', () => {
    given(...running)
      .when(closeMeter)
      .thenRejected('wrong_state', { status: 'running', command: 'CloseMeter' });
  });
});
