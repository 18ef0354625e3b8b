/** A SPOT rental yields: told, delivered, and ninety seconds later over. Nobody else ever does. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import {
  ended,
  ENDS_AT,
  finalized,
  placed,
  received,
  requestedWith,
  started,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { SECOND } from '../../time.js';
import { TIERS } from '../../pricing/rate-sheet.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const runningAs = (tier: (typeof TIERS)[number]) => [
  requestedWith({ tier }),
  received(),
  finalized(),
  placed(),
  started(),
];
const spot = runningAs('SPOT');
const told = [...spot, c.noticed, c.delivered()];

describe('a preemption', () => {
  it('ends a SPOT rental ninety seconds after its buyer was told, and not a moment sooner', () => {
    given(...spot)
      .when(c.noticePreemption)
      .then(c.noticed)
      .when(c.noticePreemption)
      .thenIgnored('told already')
      .when(c.deliver())
      .then(c.delivered())
      .when(c.deliver())
      .thenIgnored('delivered already')
      .when(c.endPreempted(c.DEADLINE_AT - 1))
      .thenRejected('too_early', { at: c.DEADLINE_AT - 1, notBefore: c.DEADLINE_AT })
      .when(c.endPreempted())
      .then(ended('preempted', c.DEADLINE_AT))
      .when(c.endPreempted())
      .thenIgnored('it is ended');
    expect(c.DEADLINE_AT - c.DELIVERED_AT).toBe(90 * SECOND);
  });

  it('that was planned for other GPUs than the rental has by now asks nothing of it', () => {
    given(...spot, c.interrupted(), placed(2), c.resumed())
      .when(c.noticePreemption)
      .thenIgnored('it is on another machine');
  });

  it.each(TIERS.filter((tier) => tier !== 'SPOT'))('never touches %s', (tier) => {
    given(...runningAs(tier))
      .when(c.noticePreemption)
      .thenRejected('not_preemptible', { tier })
      .when(c.deliver())
      .thenRejected('not_noticed')
      .when(c.endPreempted(ENDS_AT - 1))
      .thenRejected('not_noticed');
  });

  it('that was never delivered kills nobody', () => {
    given(...spot, c.noticed)
      .when(c.endPreempted(ENDS_AT - 1))
      .thenRejected('not_noticed')
      .when(a.end('term_elapsed', ENDS_AT))
      .then(ended('term_elapsed', ENDS_AT));
  });

  it('is of no use to a rental that is over, or has lost its machine anyway', () => {
    given(...told)
      .when(c.endPreempted(ENDS_AT))
      .thenIgnored('its term is over')
      .when(c.interrupt(1, c.DELIVERED_AT + SECOND))
      .then(c.interrupted(1, c.DELIVERED_AT + SECOND))
      .when(c.endPreempted())
      .thenIgnored('it is interrupted')
      .when(a.place(2))
      .then(placed(2))
      .when(c.resume())
      .then(c.resumed())
      .when(c.endPreempted())
      .thenRejected('not_noticed');
  });

  it('reported by another attempt than the one that runs is not delivered', () => {
    given(...spot, c.noticed)
      .when(c.deliver(2))
      .thenIgnored('another machine');
  });

  it('leaves the buyer free to stop first', () => {
    given(...told)
      .when(a.stop(c.DELIVERED_AT + SECOND))
      .then(ended('buyer_stopped', c.DELIVERED_AT + SECOND, 'buyer'));
  });
});

describe('a checkpoint', () => {
  it('is asked for while it runs, saved once, and may be asked for again', () => {
    given(...told)
      .when(c.saveCheckpoint())
      .thenRejected('nothing_to_save', { attempt: 1 })
      .when(c.requestCheckpoint())
      .then(c.checkpointRequested())
      .when(c.requestCheckpoint())
      .thenIgnored('under way')
      .when(c.saveCheckpoint(2))
      .thenRejected('nothing_to_save', { attempt: 2 })
      .when(c.saveCheckpoint())
      .then(c.checkpointSaved())
      .when(c.saveCheckpoint())
      .thenIgnored('saved already')
      .when(c.requestCheckpoint())
      .then(c.checkpointRequested());
  });

  it('may still be saved when the notice has run out', () => {
    given(...told, c.checkpointRequested(), ended('preempted', c.DEADLINE_AT))
      .when(c.requestCheckpoint())
      .thenRejected('wrong_state')
      .when(c.saveCheckpoint())
      .then(c.checkpointSaved());
  });
});
