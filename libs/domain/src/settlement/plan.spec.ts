/** A plan's one transaction: bytes that could still land are never replaced, and what landed is never given up. */

import * as a from '@tokenos/testing/generators/sample-commands';
import {
  confirmed,
  ended,
  finalized,
  landed,
  lapsed,
  plan,
  planned,
  received,
  requested,
  signed,
  T0,
} from '@tokenos/testing/generators/sample-facts';
import { uuid } from '@tokenos/testing/generators/names';
import { storiesOf } from '@tokenos/testing/given';
import { rentalDecider } from '../rental/decider.js';
import { SECOND } from '../time.js';

const given = storiesOf(rentalDecider);
const stopped = [requested, received(), finalized(), ended('buyer_stopped', T0 + 30 * SECOND, 'buyer')];

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
