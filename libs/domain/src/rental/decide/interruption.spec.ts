/** A machine is lost under a rental: another one takes over, and only what the buyer could use is billed. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import {
  ended,
  ENDS_AT,
  failed,
  finalized,
  metered,
  OPERATOR,
  OPERATOR_WALLET,
  payout,
  placed,
  planned,
  RATE,
  received,
  refund,
  requested,
  revoked,
  started,
  STARTED_AT,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { HOUR, MINUTE, SECOND } from '../../time.js';
import { rentalDecider } from '../decider.js';

const given = storiesOf(rentalDecider);
const SECOND_OPERATOR = 'operator-2';
const SECOND_WALLET = 'Wallet2';
const CHEAPER = usdc(4_000_000n);
const running = [requested, received(), finalized(), placed(), started()];
/** Ten minutes served, then gone in the eleventh. */
const lost = [...running, metered(0, '1'.repeat(10)), c.interrupted()];
const second = placed(2, { operatorId: SECOND_OPERATOR, rateMicroUsdcPerHour: CHEAPER });
const resumed = [...lost, second, c.resumed()];

describe('a rental whose machine is lost', () => {
  it('is interrupted once, on the attempt it is on, and not once its term is over', () => {
    given(...running)
      .when(c.interrupt(2))
      .thenIgnored('another machine')
      .when(c.interrupt(1, ENDS_AT))
      .thenIgnored('term is over')
      .when(c.interrupt())
      .then(c.interrupted())
      .when(c.interrupt())
      .thenIgnored('it is interrupted');
    given(requested).when(c.interrupt()).thenRejected('wrong_state');
  });

  it('was there throughout every minute that is metered, whenever its loss is noticed', () => {
    const tenMinutes = STARTED_AT + 10 * MINUTE;
    given(...running, metered(0, '1'.repeat(10)))
      .when(c.interrupt(1, tenMinutes - 90 * SECOND))
      .then(c.interrupted(1, tenMinutes));
  });

  it('has nobody back in the next machine before that one is there', () => {
    given(...resumed)
      .when(c.noteReturn(2, c.RESUMED_AT - SECOND))
      .then(c.returned(2, c.RESUMED_AT));
  });

  it('gets another machine under the next attempt, never above what was quoted', () => {
    given(...lost)
      .when(a.place(1))
      .thenIgnored('placed already')
      .when(a.place(3))
      .thenRejected('wrong_attempt', { attempt: 3, current: 2 })
      .when(a.place(2, { rateMicroUsdcPerHour: usdc(RATE + 1n) }))
      .thenRejected('rate_above_cap')
      .when(a.place(2))
      .then(placed(2))
      .when(c.resume(3))
      .thenRejected('wrong_attempt')
      .when(c.resume(2, ENDS_AT))
      .thenRejected('term_is_over', { endsAt: ENDS_AT })
      .when(c.resume())
      .then(c.resumed())
      .when(c.resume())
      .thenIgnored('running already');
  });

  it('has three attempts to find one, whatever failed before its start', () => {
    given(requested, received(), finalized(), placed(1), failed(1), placed(2), started(2), c.interrupted(2))
      .when(a.place(3))
      .then(placed(3))
      .when(a.failPlacement(3))
      .then(failed(3))
      .when(a.place(3))
      .thenIgnored('has failed')
      .when(a.place(4))
      .then(placed(4))
      .when(a.failPlacement(4))
      .then(failed(4))
      .when(a.place(5))
      .then(placed(5))
      .when(a.failPlacement(5))
      .then(failed(5))
      .when(a.place(6))
      .thenRejected('attempts_exhausted');
  });

  it('loses access on the lost machine whenever that one says so, and on the last one at its end', () => {
    given(...resumed)
      .when(a.revoke(2))
      .thenRejected('wrong_state')
      .when(a.revoke(1, c.RESUMED_AT))
      .then(revoked(c.RESUMED_AT, 1))
      .when(a.revoke(1, c.RESUMED_AT))
      .thenIgnored('revoked already')
      .when(a.stop(c.RESUMED_AT + MINUTE))
      .then(ended('buyer_stopped', c.RESUMED_AT + MINUTE, 'buyer'))
      .when(a.revoke(2, ENDS_AT))
      .then(revoked(ENDS_AT, 2));
  });

  it('ends while it is interrupted by its buyer, its term, or because nobody can serve it', () => {
    const at = c.INTERRUPTED_AT + MINUTE;
    given(...lost)
      .when(a.stop(at))
      .then(ended('buyer_stopped', at, 'buyer'));
    given(...lost)
      .when(a.end('node_failed', at, 'operator'))
      .then(ended('node_failed', at, 'operator'));
    given(...lost)
      .when(a.end('operator_withdrew', at, 'operator'))
      .then(ended('operator_withdrew', at, 'operator'));
    given(...lost)
      .when(a.end('term_elapsed', at))
      .thenRejected('too_early')
      .when(a.end('term_elapsed', ENDS_AT))
      .then(ended('term_elapsed', ENDS_AT));
  });
});

describe('the minutes of an interrupted rental', () => {
  it('belong to one attempt each, and are billed only where one machine had them whole', () => {
    // Resumed in minute 10 (10 min 50 s), the buyer is back at 11 min 50 s: the first whole minute is number 12.
    given(...resumed)
      .when(a.meter(10, '0', ENDS_AT, 1))
      .thenRejected('wrong_attempt', { attempt: 1, current: 2 })
      .when(a.meter(10, '1', ENDS_AT, 2))
      .thenRejected('minutes_not_billable')
      .when(c.noteReturn(2, c.RESUMED_AT + MINUTE))
      .then(c.returned(2, c.RESUMED_AT + MINUTE))
      .when(c.noteReturn(2))
      .thenIgnored('in it')
      .when(a.meter(10, '011', ENDS_AT, 2))
      .thenRejected('minutes_not_billable', { firstMinute: 10, lastMinute: 12, limit: 11 })
      .when(a.meter(10, '001', ENDS_AT, 2))
      .then(metered(10, '001', 2));
  });

  it('are free while nobody serves: the lost machine is billed to the last whole minute it had', () => {
    given(...running, c.interrupted())
      .when(a.meter(0, '1'.repeat(11), ENDS_AT, 1))
      .thenRejected('minutes_not_billable', { firstMinute: 0, lastMinute: 10, limit: 10 })
      .when(a.meter(0, `${'1'.repeat(10)}0`, ENDS_AT, 1))
      .then(metered(0, `${'1'.repeat(10)}0`, 1));
  });

  it('are paid to each operator at its own rate, floored once per group', () => {
    const back = [...resumed, c.returned(), metered(10, `00${'1'.repeat(48)}`, 2), ended('term_elapsed', ENDS_AT)];
    const group = {
      operatorId: OPERATOR,
      operatorWallet: OPERATOR_WALLET,
      rateMicroUsdcPerHour: RATE,
      tierBps: 10_000,
    };
    const other = { operatorId: SECOND_OPERATOR, operatorWallet: SECOND_WALLET, rateMicroUsdcPerHour: CHEAPER };
    given(...back, { type: 'MeterClosed', data: { lastMinute: 59, minutesServed: 58 } })
      .when({ ...a.planSettlement(), operatorWallets: { [OPERATOR]: OPERATOR_WALLET } })
      .thenRejected('operator_wallet_unknown', { operatorId: SECOND_OPERATOR })
      .when({
        ...a.planSettlement(),
        operatorWallets: { [OPERATOR]: OPERATOR_WALLET, [SECOND_OPERATOR]: SECOND_WALLET },
      })
      .then(
        planned(1, {
          kind: 'final',
          groups: [
            { ...group, gpuCount: 1, minutes: 10 },
            { ...group, ...other, gpuCount: 1, minutes: 48 },
          ],
          // 10 minutes at 5.84 and 48 at 4.00 an hour.
          chargedMicroUsdc: usdc(973_333n + 3_200_000n),
          feeMicroUsdc: usdc(48_666n + 160_000n),
          transfers: [payout(924_667n), payout(3_040_000n, SECOND_WALLET), refund(TOTAL - 973_333n - 3_200_000n)],
        }),
      );
  });

  it('of a buyer who never came back cost nothing on the second machine', () => {
    const at = c.RESUMED_AT + 30 * MINUTE;
    given(...resumed)
      .when(a.end('node_failed', at, 'operator'))
      .then(ended('node_failed', at, 'operator'))
      .when(a.meter(10, '0'.repeat(30), at + HOUR, 2))
      .then(metered(10, '0'.repeat(30), 2));
  });
});

it('a start and a resumption never overlap: the second machine begins after the first was lost', () => {
  const state = given(...resumed).state;
  expect(state).toMatchObject({
    status: 'running',
    run: {
      startedAt: STARTED_AT,
      segments: [
        { from: STARTED_AT, billableFrom: STARTED_AT, until: c.INTERRUPTED_AT },
        { from: c.RESUMED_AT, billableFrom: null, until: null },
      ],
    },
  });
  expect(c.RESUMED_AT - c.INTERRUPTED_AT).toBe(30 * SECOND);
});
