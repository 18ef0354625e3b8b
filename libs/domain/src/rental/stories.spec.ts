/** The lives a rental can lead, each told from its first fact to its last. */

import {
  credential,
  ended,
  ENDS_AT,
  failed,
  finalized,
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
  revoked,
  signed,
  started,
  STARTED_AT,
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
  it('runs its hour, pays its operator and gives the surplus back', () => {
    given()
      .when(a.request())
      .then(requested)
      .when(a.issue())
      .then({ type: 'CredentialIssued', data: { ...credential(), notAfter: quote.expiresAt + 61 * MINUTE } })
      .when(a.pay())
      .then(received())
      .when(a.place())
      .then(placed())
      .when(a.start())
      .then(started())
      .when(a.finalize())
      .then(finalized())
      .when(a.meter(0, HOUR_OF_MINUTES))
      .then(metered(0, HOUR_OF_MINUTES))
      .when(a.end('term_elapsed', ENDS_AT + 300))
      .then(ended('term_elapsed', ENDS_AT))
      .when(a.closeMeter)
      .then(meterClosed(59, 60))
      .when(a.revoke())
      .then(revoked(ENDS_AT + SECOND))
      .when(a.planSettlement())
      .then(
        planned(1, {
          kind: 'final',
          groups: served(60),
          chargedMicroUsdc: RATE,
          feeMicroUsdc: usdc(292_000n),
          transfers: [payout(5_548_000n), refund(1_234n)],
        }),
      )
      .when(a.sign())
      .then(signed())
      .when(a.confirm())
      .then({ ...landed(), type: 'SettlementConfirmed' })
      .when(a.finalizePlan())
      .then(landed())
      .when(a.closeSettlement)
      .then(totals(TOTAL, 5_548_000n, 292_000n));
  });

  it('stopped early costs the whole minutes served, and no part of the one it was stopped in', () => {
    const stoppedAt = STARTED_AT + 12 * MINUTE + 30 * SECOND;
    given(...running)
      .when(a.stop(stoppedAt))
      .then(ended('buyer_stopped', stoppedAt, 'buyer'))
      .when(a.meter(0, '1'.repeat(13)))
      .thenRejected('minutes_not_billable', { firstMinute: 0, lastMinute: 12, limit: 12 })
      .when(a.meter(0, '1'.repeat(12)))
      .then(metered(0, '1'.repeat(12)))
      .when(a.closeMeter)
      .then(meterClosed(11, 12))
      .when(a.planSettlement())
      .then(
        planned(1, {
          kind: 'final',
          groups: served(12),
          chargedMicroUsdc: usdc(1_168_000n),
          feeMicroUsdc: usdc(58_400n),
          transfers: [payout(1_109_600n), refund(4_673_234n)],
        }),
      );
  });

  it.each([
    ['before it is placed', [requested, received(), finalized()]],
    ['before it is ready', [requested, received(), finalized(), placed()]],
    ['after a machine failed', [requested, received(), finalized(), placed(), failed()]],
  ])('stopped %s gives everything back', (_, facts: RentalFact[]) => {
    given(...facts)
      .when(a.stop(T0 + 40 * SECOND))
      .then(ended('buyer_stopped', T0 + 40 * SECOND, 'buyer'))
      .when(a.planSettlement())
      .then(planned())
      .when(a.sign())
      .then(signed())
      .when(a.finalizePlan())
      .then(landed())
      .when(a.closeSettlement)
      .then(everythingBack);
  });

  it('stopped within its first minute gives everything back', () => {
    const stoppedAt = STARTED_AT + 59 * SECOND;
    given(...running, ended('buyer_stopped', stoppedAt, 'buyer'))
      .when(a.closeMeter)
      .then(meterClosed(-1, 0))
      .when(a.planSettlement())
      .then(planned(1, { kind: 'final' }));
  });

  it('gets a second machine when the first does not become ready, and runs there', () => {
    given(requested, received(), placed())
      .when(a.failPlacement())
      .then(failed())
      .when(a.place(1))
      .thenIgnored('that attempt has failed')
      .when(a.place(3))
      .thenRejected('wrong_attempt', { attempt: 3, current: 2 })
      .when(a.place(2))
      .then(placed(2))
      .when(a.failPlacement(1))
      .thenIgnored('another attempt')
      .when(a.start(1))
      .thenRejected('wrong_attempt', { attempt: 1, current: 2 })
      .when(a.start(3))
      .thenRejected('wrong_attempt', { attempt: 3, current: 2 })
      .when(a.start(2))
      .then(started(2))
      .when(a.meter(0, '1', ENDS_AT, 1))
      .thenRejected('wrong_attempt', { attempt: 1, current: 2 })
      .when(a.meter(0, '1', ENDS_AT, 2))
      .then(metered(0, '1', 2));
  });

  it('gives up after three attempts without waiting for an attempt that will never be made', () => {
    const second = [requested, received(), placed(1), failed(1), placed(2), failed(2)];
    given(...second)
      .when(a.place(3))
      .then(placed(3));
    const third = [...second, placed(3)];
    given(...third)
      .when(a.end('capacity_unavailable', T0 + 50 * SECOND))
      .thenRejected('too_early');
    given(...third, failed(3))
      .when(a.place(4))
      .thenRejected('attempts_exhausted', { attempt: 4, max: 3 })
      .when(a.end('capacity_unavailable', T0 + 50 * SECOND, 'platform'))
      .then(ended('capacity_unavailable', T0 + 50 * SECOND, 'platform'));
  });

  it('without capacity ends when the wait its buyer accepted is over, counted from the payment', () => {
    const waitOver = T0 + 80 * SECOND;
    given(requested, received(), finalized())
      .when(a.end('capacity_unavailable', waitOver - 1))
      .thenRejected('too_early', { at: waitOver - 1, notBefore: waitOver })
      .when(a.end('capacity_unavailable', waitOver, 'platform'))
      .then(ended('capacity_unavailable', waitOver, 'platform'))
      .when(a.planSettlement())
      .then(planned());
  });

  it('whose node fails is charged for the minutes that were served', () => {
    const lostAt = STARTED_AT + 3 * MINUTE + SECOND;
    given(...running, metered(0, '11'))
      .when(a.end('node_failed', lostAt, 'operator'))
      .then(ended('node_failed', lostAt, 'operator'))
      .when(a.meter(2, '0'))
      .then(metered(2, '0'))
      .when(a.closeMeter)
      .then(meterClosed(2, 2));
  });
});
