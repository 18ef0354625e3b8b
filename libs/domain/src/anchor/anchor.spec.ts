/** A day's anchor: begun when the day is over, counted once, signed again only when its bytes are dead, published once. */

import { address, digest, signature } from '@tokenos/testing/generators/names';
import { storiesOf } from '@tokenos/testing/given';
import { HOUR } from '../time.js';
import { ANCHOR, anchorDecider, memoOf, type Counted } from './anchor.js';
import type { AnchorFact, AnchorPlanned } from './facts.js';

const given = storiesOf(anchorDecider);

const DAY_OVER = Date.parse('2026-11-24T00:00:00.000Z');
const day = '2026-11-23';
const counted: Counted = {
  ...{ day, position: '41', facts: 41, streams: 9, root: digest('a'), previousDay: null },
};
const planned: AnchorPlanned = { ...counted, rules: ANCHOR, memo: memoOf(counted) };
const signed = (label: string) => ({
  ...{ treasury: address('Treasury'), bytes: 'AQID', signature: signature(label) },
  ...{ lastValidBlockHeight: 500, genesisHash: address('Genesis') },
});
const landed = { slot: 77, blockTime: DAY_OVER + HOUR };

const begun: AnchorFact = { type: 'AnchorBegun', data: { day, rules: ANCHOR } };
const isPlanned: AnchorFact = { type: 'AnchorPlanned', data: planned };
const isSigned: AnchorFact = { type: 'AnchorSigned', data: signed('First') };
const isPublished: AnchorFact = {
  type: 'AnchorPublished',
  data: {
    ...{ ...planned, ...landed },
    ...{ treasury: address('Treasury'), signature: signature('First'), genesisHash: address('Genesis') },
  },
};

const begin = (at = DAY_OVER) => ({ type: 'BeginAnchor', at, day }) as const;
const plan = (change: Partial<Counted> = {}) => ({ type: 'PlanAnchor', counted: { ...counted, ...change } }) as const;
const sign = (label: string) => ({ type: 'SignAnchor', signed: signed(label) }) as const;
const expire = (label: string, finalizedBlockHeight = 501) =>
  ({ type: 'ExpireAnchor', signature: signature(label), finalizedBlockHeight }) as const;
const fail = (label: string) => ({ type: 'FailAnchor', signature: signature(label), error: 'no fee' }) as const;
const publish = (label: string) => ({ type: 'PublishAnchor', signature: signature(label), ...landed }) as const;

describe('the anchor of a day', () => {
  it('goes from its beginning to the chain, and everything told twice is ignored', () => {
    given()
      .when(begin())
      .then(begun)
      .when(begin())
      .thenIgnored('begun already')
      .when(plan())
      .then(isPlanned)
      .when(plan())
      .thenIgnored('planned already')
      .when(sign('First'))
      .then(isSigned)
      .when(sign('Second'))
      .thenIgnored('signed already')
      .when(publish('First'))
      .then(isPublished)
      .when(publish('First'))
      .thenIgnored('published already')
      .when(sign('Second'))
      .thenIgnored('published already');
  });

  it('says on the chain what it says here', () => {
    expect(planned.memo).toBe(`tokenos anchor@1 2026-11-23 root=${digest('a')} facts=41 streams=9`);
  });

  it('begins when the day is over', () => {
    given()
      .when(begin(DAY_OVER - 1))
      .thenRejected('too_early', { at: DAY_OVER - 1, notBefore: DAY_OVER });
  });

  it('is of the day it was begun for', () => {
    given(begun)
      .when(plan({ day: '2026-11-22' }))
      .thenRejected('wrong_anchor_day', { day: '2026-11-22', begun: day });
  });

  it.each([
    ['planned', plan()],
    ['signed', sign('First')],
    ['published', publish('First')],
  ])('cannot be %s before it has begun', (_, command) => {
    given().when(command).thenRejected('anchor_absent');
  });

  it('cannot be signed before it is counted, or published before it is signed', () => {
    given(begun).when(sign('First')).thenRejected('anchor_state', { status: 'begun', command: 'SignAnchor' });
    given(begun, isPlanned)
      .when(publish('First'))
      .thenRejected('anchor_state', { status: 'planned', command: 'PublishAnchor' });
  });
});

describe('its signed bytes', () => {
  const out = [begun, isPlanned, isSigned];

  it('are replaced only when they can never land any more', () => {
    given(...out)
      .when(expire('First', 500))
      .thenRejected('bytes_may_land', {
        planId: 'anchor-2026-11-23',
        finalizedBlockHeight: 500,
        lastValidBlockHeight: 500,
      })
      .when(expire('First'))
      .then({ type: 'AnchorExpired', data: { signature: signature('First'), finalizedBlockHeight: 501 } })
      .when(expire('First'))
      .thenIgnored('no bytes are out')
      .when(sign('Second'))
      .then({ type: 'AnchorSigned', data: signed('Second') })
      .when(expire('First'))
      .thenIgnored('signed again')
      .when(publish('First'))
      .thenRejected('unknown_signature', { planId: 'anchor-2026-11-23', signature: signature('First') });
  });

  it('are replaced when they landed with an error, which wrote no memo', () => {
    const { state } = given(...out)
      .when(fail('First'))
      .then({ type: 'AnchorFailed', data: { signature: signature('First'), error: 'no fee' } });
    expect(state).toEqual({ status: 'planned', planned });
  });

  it('mean nothing any more once it is published', () => {
    for (const news of [expire('First'), fail('First')]) {
      given(...out, isPublished)
        .when(news)
        .thenIgnored('published already');
    }
  });
});
