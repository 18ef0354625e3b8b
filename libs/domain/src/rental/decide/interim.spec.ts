/** Money between the start and the end, and after it: operators of a long rental are paid daily, books are corrected beside the rules. */

import * as a from '@tokenos/testing/generators/sample-commands';
import * as c from '@tokenos/testing/generators/sample-course';
import { address } from '@tokenos/testing/generators/names';
import {
  ended,
  finalized,
  landed,
  metered,
  OPERATOR,
  OPERATOR_WALLET,
  payout,
  placed,
  planned,
  RATE,
  received,
  requestedWith,
  signed,
  STARTED_AT,
  TOTAL,
} from '@tokenos/testing/generators/sample-facts';
import { storiesOf } from '@tokenos/testing/given';
import { usdc } from '../../money.js';
import { DAY, HOUR, MINUTE } from '../../time.js';
import { rentalDecider } from '../decider.js';
import type { RentalFact } from '../facts.js';

const given = storiesOf(rentalDecider);
const TWO_DAYS = 2 * 24 * 60;
const ample = { amountMicroUsdc: usdc(1_000_000_000n) };
const begun: RentalFact = {
  type: 'RentalStarted',
  data: { attempt: 1, startedAt: STARTED_AT, endsAt: STARTED_AT + 2 * DAY },
};
const long = [requestedWith({ minutes: TWO_DAYS }), received(1, ample), finalized(), placed(), begun];
const hours = (from: number, count: number): RentalFact[] =>
  Array.from({ length: count }, (_, hour) => metered((from + hour) * 60, '1'.repeat(60)));
const group = (minutes: number) => [
  {
    operatorId: OPERATOR,
    operatorWallet: OPERATOR_WALLET,
    rateMicroUsdcPerHour: RATE,
    tierBps: 10_000,
    gpuCount: 1,
    minutes,
  },
];
/** A day is 24 x 5.84 = 140.16 USDC, of which the platform keeps 7.008. */
const aDay = (n: number, minutes: number) =>
  planned(n, {
    kind: 'interim',
    paidMicroUsdc: ample.amountMicroUsdc,
    groups: group(minutes),
    chargedMicroUsdc: usdc(140_160_000n),
    feeMicroUsdc: usdc(7_008_000n),
    transfers: [payout(133_152_000n)],
  });

describe('an interim plan', () => {
  it('pays the operator once a day of a rental longer than one, and nobody else', () => {
    given(...long, ...hours(0, 23))
      .when(a.planSettlement())
      .thenIgnored('no further day')
      .when(a.meter(23 * 60, '1'.repeat(60), STARTED_AT + 2 * DAY))
      .then(metered(23 * 60, '1'.repeat(60)))
      .when(a.planSettlement())
      .then(aDay(1, 1_440))
      .when(a.planSettlement(2))
      .thenIgnored('under way')
      .when(a.sign())
      .then(signed())
      .when(a.finalizePlan())
      .then(landed())
      .when(a.planSettlement(2))
      .thenIgnored('no further day');
  });

  it('is made while a rental is interrupted too, and not for one of a day or less', () => {
    given(...long, ...hours(0, 24), c.interrupted(1, STARTED_AT + DAY))
      .when(a.planSettlement())
      .then(aDay(1, 1_440));
    const day = [requestedWith({ minutes: 24 * 60 }), received(1, ample), finalized(), placed()];
    given(...day, { ...begun, data: { ...begun.data, endsAt: STARTED_AT + DAY } }, ...hours(0, 24))
      .when(a.planSettlement())
      .thenRejected('wrong_state');
  });

  it('keeps its wallet: who changes theirs is paid there from the next rental on', () => {
    const end = STARTED_AT + DAY + HOUR;
    const elsewhere = { ...a.planSettlement(2), operatorWallets: { [OPERATOR]: address('Elsewhere') } };
    given(
      ...long,
      ...hours(0, 24),
      aDay(1, 1_440),
      signed(),
      landed(),
      ...hours(24, 1),
      ended('buyer_stopped', end, 'buyer'),
    )
      .when(a.closeMeter)
      .then({ type: 'MeterClosed', data: { lastMinute: 1_499, minutesServed: 1_500 } })
      .when(elsewhere)
      .then(
        planned(2, {
          kind: 'final',
          paidMicroUsdc: ample.amountMicroUsdc,
          groups: group(1_500),
          chargedMicroUsdc: usdc(5_840_000n),
          feeMicroUsdc: usdc(292_000n),
          transfers: [
            payout(5_548_000n),
            { role: 'refund', to: address('Buyer'), amountMicroUsdc: usdc(1_000_000_000n - 146_000_000n) },
          ],
        }),
      );
  });
});

describe('promise@1', () => {
  const late = STARTED_AT + MINUTE;
  const runLate = (maxWaitMs: number) => [
    ...[requestedWith({ maxWaitMs }), received(), finalized(), placed()],
    { type: 'RentalStarted', data: { attempt: 1, startedAt: late, endsAt: late + HOUR } } as const,
    ...[metered(0, '1'.repeat(12)), ended('buyer_stopped', late + 12 * MINUTE, 'buyer')],
    { type: 'MeterClosed', data: { lastMinute: 11, minutesServed: 12 } } as const,
  ];
  const twoMinutes = {
    kind: 'final' as const,
    groups: group(2),
    chargedMicroUsdc: usdc(194_666n),
    feeMicroUsdc: usdc(9_733n),
    transfers: [
      payout(184_933n),
      { role: 'refund' as const, to: address('Buyer'), amountMicroUsdc: usdc(TOTAL - 194_666n) },
    ],
  };

  it('gives the first ten minutes where the login came more than a minute after the payment', () => {
    given(...runLate(MINUTE))
      .when(a.planSettlement())
      .then(planned(1, { ...twoMinutes, freeMinutes: 10 }));
  });

  it('gives nothing to who accepted a longer wait', () => {
    given(...runLate(2 * MINUTE))
      .when(a.planSettlement())
      .then(
        planned(1, {
          kind: 'final',
          groups: group(12),
          chargedMicroUsdc: usdc(1_168_000n),
          feeMicroUsdc: usdc(58_400n),
          transfers: [
            payout(1_109_600n),
            { role: 'refund', to: address('Buyer'), amountMicroUsdc: usdc(TOTAL - 1_168_000n) },
          ],
        }),
      );
  });
});

describe('a halted rental', () => {
  it('plans, signs and places nothing until a person has let it go; it still meters and ends', () => {
    given(...long, ...hours(0, 24), c.halted)
      .when(c.halt)
      .thenIgnored('halted already')
      .when(a.planSettlement())
      .thenRejected('halted', { invariant: 'I6' })
      .when(a.meter(1_440, '1', STARTED_AT + 2 * DAY))
      .then(metered(1_440, '1'))
      .when(c.release)
      .then(c.released)
      .when(c.release)
      .thenIgnored('not halted')
      .when(a.planSettlement())
      .then({
        ...aDay(1, 1_441),
        data: {
          ...aDay(1, 1_441).data,
          chargedMicroUsdc: usdc(140_257_333n),
          feeMicroUsdc: usdc(7_012_866n),
          transfers: [payout(133_244_467n)],
        },
      });
    given(...long, ...hours(0, 24), aDay(1, 1_440), c.halted)
      .when(a.sign())
      .thenRejected('halted')
      .when(a.stop(STARTED_AT + DAY))
      .then(ended('buyer_stopped', STARTED_AT + DAY, 'buyer'));
  });
});
