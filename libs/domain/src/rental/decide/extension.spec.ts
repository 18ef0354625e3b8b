/** More minutes: quoted at the machine's own rate, paid in time, and given back whole where they can no longer be had. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import {
  ended,
  ENDS_AT,
  finalized,
  meterClosed,
  metered,
  OPERATOR,
  payout,
  placed,
  plan,
  RATE,
  received,
  refund,
  requested,
  requestedWith,
  started,
  STARTED_AT,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { DAY, MINUTE } from '../../time.js';
import { capOf } from '../attempts.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const running = [requested, received(), finalized(), placed(), started()];
const quoted = [...running, c.extensionQuoted];
const { extensionId, totalMicroUsdc } = c.extension;
const blockTime = STARTED_AT + 2 * MINUTE;
const paying = { extensionId, amountMicroUsdc: totalMicroUsdc, blockTime };

describe('an extension', () => {
  it('is quoted while it runs, at the rate of the machine it has', () => {
    given(...running)
      .when(c.quoteExtension())
      .then(c.extensionQuoted)
      .when(c.quoteExtension())
      .thenIgnored('quoted already');
    given(requested).when(c.quoteExtension()).thenRejected('wrong_state');
  });

  it('must leave a minute to be paid in, and its quote never outlives that', () => {
    given(...running)
      .when(c.quoteExtension(30, ENDS_AT - MINUTE))
      .thenRejected('too_late_to_extend', { endsAt: ENDS_AT });
    const late = given(...running).when(c.quoteExtension(30, ENDS_AT - 2 * MINUTE));
    const quotedAt = ENDS_AT - 2 * MINUTE;
    late.then({
      type: 'ExtensionQuoted',
      data: { ...c.extension, quotedAt, expiresAt: ENDS_AT - MINUTE },
    });
  });

  it.each([0, -1, 0.5, 90 * 24 * 60 - 59])('of %s minutes is none', (minutes) => {
    given(...running)
      .when(c.quoteExtension(minutes))
      .thenRejected('bad_duration', { minutes, minMinutes: 1, maxMinutes: 90 * 24 * 60 - 60 });
  });

  it('of a RESERVED rental is another reserved term', () => {
    const week = (7 * DAY) / MINUTE;
    const reserved = [requestedWith({ tier: 'RESERVED', minutes: week }), received(), finalized(), placed()];
    const began = {
      type: 'RentalStarted',
      data: { attempt: 1, startedAt: STARTED_AT, endsAt: STARTED_AT + 7 * DAY },
    } as const;
    given(...reserved, began)
      .when(c.quoteExtension(30))
      .thenRejected('bad_reserved_term', { minutes: 30 });
  });

  it('moves the end once it is paid in full and in time, by one payment or several', () => {
    given(...quoted)
      .when(a.pay(2, paying))
      .then(received(2, paying), c.extended)
      .when(a.end('term_elapsed', ENDS_AT))
      .thenRejected('too_early', { at: ENDS_AT, notBefore: ENDS_AT + 30 * MINUTE });
    const half = { ...paying, amountMicroUsdc: usdc(totalMicroUsdc - 1n) };
    const rest = { ...paying, amountMicroUsdc: usdc(1n) };
    given(...quoted)
      .when(a.pay(2, half))
      .then(received(2, half))
      .when(a.pay(3, rest))
      .then(received(3, rest), c.extended)
      .when(a.pay(4, paying))
      .then(received(4, paying));
  });

  it.each([
    ['paid too late', quoted, { blockTime: c.extension.expiresAt + 1 }],
    ['paid for another one', quoted, { extensionId: 'another' }],
    ['of a rental that has been told to yield', [...quoted, c.noticed], {}],
    ['of a rental that has lost its machine', [...quoted, c.interrupted()], {}],
    ['of a rental that is over', [...quoted, ended('buyer_stopped', blockTime, 'buyer')], {}],
  ])('%s extends nothing', (_, facts, change) => {
    const payment = { ...paying, ...change };
    given(...facts)
      .when(a.pay(2, payment))
      .then(received(2, payment));
  });

  it('that was not to be had goes back whole, whatever the rental cost', () => {
    const over = [
      ...[...quoted, metered(0, '1'.repeat(60)), ended('term_elapsed', ENDS_AT), meterClosed(59, 60)],
      ...[received(2, paying), finalized(2)],
    ];
    given(...over)
      .when(a.planSettlement())
      .then({
        type: 'SettlementPlanned',
        data: plan(1, {
          kind: 'final',
          paidMicroUsdc: usdc(TOTAL + totalMicroUsdc),
          groups: [
            {
              operatorId: OPERATOR,
              operatorWallet: payout(0n).to,
              rateMicroUsdcPerHour: RATE,
              tierBps: 10_000,
              gpuCount: 1,
              minutes: 60,
            },
          ],
          chargedMicroUsdc: RATE,
          feeMicroUsdc: usdc(292_000n),
          transfers: [payout(5_548_000n), refund(totalMicroUsdc + 1_234n)],
        }),
      });
  });

  it('is not offered to a rental that has been told to yield', () => {
    const spot = [requestedWith({ tier: 'SPOT' }), received(), finalized(), placed(), started(), c.noticed];
    given(...spot)
      .when(c.quoteExtension())
      .thenRejected('under_notice', { beneficiaryId: c.BENEFICIARY });
  });

  it('keeps the rental from a dearer machine than the extension was sold at', () => {
    const cheap = usdc(4_000_000n);
    const sold = { ...c.extension, rateMicroUsdcPerHour: cheap };
    const { state } = given(...running, { type: 'ExtensionQuoted', data: sold }, received(2, paying), c.extended);
    if (state.status === 'absent') throw new Error('it is there');
    expect(capOf(state)).toBe(cheap);
  });
});
