/** A failover written by hand, every amount with it: what is billed, to whom, and who holds which GPU meanwhile. */

import type { Json } from '@tokenos/contracts/envelope/envelope';
import { both, cutFrom, insertBefore, put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { placed, settled, settledBy } from '@tokenos/testing/wire/makers';
import { address, NODE_A, NODE_B, SERVED, STOPPED, time } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';

type Change = (entries: readonly Entry[]) => Entry[];

const told = (type: string, clock: string, data: Entry['data']): Entry => ({
  ...{ stream: SERVED, type: `${type}.v1`, at: time(clock), by: 'allocation' },
  data,
});
const group = (operator: string, rateMicroUsdcPerHour: string): Json => ({
  ...{ operatorId: operator, operatorWallet: address(operator), rateMicroUsdcPerHour },
  ...{ tierBps: 10_000, gpuCount: 1, minutes: 1 },
});

/**
 * Minute 0 on A, which is lost in minute 1; the buyer is back on B before minute 2 begins. Whoever has a minute's end has the
 * minute. One at 5.84 is 97,333, one at 6 is 100,000; five percent of each is 4,866 and 5,000.
 */
const plan = settledBy(SERVED, '05:00', 'pay1', {
  paid: '6001234',
  charged: '197333',
  fee: '9866',
  groups: [group('opa', '5840000'), group('opb', '6000000')],
  transfers: [
    ['operator', 'opa', '92467'],
    ['operator', 'opb', '95000'],
    ['refund', 'buyerB', '1234'],
    ['refund', 'buyerA', '5802667'],
  ],
});
const books = settled(SERVED, '05:30', ['6001234', '197333', '9866', '187467', '5803901']);
const lost = told('RentalInterrupted', '02:30', {
  ...{ attempt: 1, operatorId: 'opa', why: 'no sign of life', fault: 'operator' },
  interruptedAt: time('02:30'),
});
const revoked = told('AccessRevoked', '03:02', { attempt: 1, revokedAt: time('03:01') });
const course = [
  lost,
  placed(SERVED, '02:40', 2, [NODE_B], 1),
  told('RentalResumed', '02:50', { attempt: 2, resumedAt: time('02:50') }),
  told('BuyerReturned', '02:55', { attempt: 2, returnedAt: time('02:55'), how: 'login' }),
];

const appended =
  (...entries: Entry[]): Change =>
  (before) =>
    [...before, ...entries].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));

const failover: Change = both(
  cutFrom(SERVED, 'SettlementPlanned.v1'),
  put(SERVED, 'UsageMetered.v1', 'bitmap', '1'),
  ...['firstMinute', 'attempt', 'bitmap'].map((key, index) =>
    put(SERVED, 'UsageMetered.v1', key, [1, 2, '01'][index] ?? null, 1),
  ),
  put(SERVED, 'AccessRevoked.v1', 'attempt', 2),
  put(STOPPED, 'RentalPlaced.v1', 'gpus.0.leaseEpoch', 2, 1),
  appended(...course, revoked, ...plan, books),
);

const found = (...changes: Change[]) =>
  audit(sealed(both(failover, ...changes)(littleHistory))).findings.map(({ code, message }) => `${code}: ${message}`);

const without =
  (entry: Entry): Change =>
  (entries) =>
    entries.filter((one) => one !== entry);

describe('a rental that lost its machine and got another', () => {
  it('is billed a minute on each, and nothing between them', () => {
    expect(found()).toEqual([]);
  });

  it.each([
    [
      'the minute in which the machine was lost is billed',
      /^I8: minute 1 was not the buyer's/,
      put(SERVED, 'UsageMetered.v1', 'bitmap', '11', 1),
    ],
    [
      'a minute is billed that began before the buyer was back',
      /^I8: minute 2 was not the buyer's/,
      put(SERVED, 'BuyerReturned.v1', 'returnedAt', time('03:01')),
    ],
    ['nobody saw the buyer come back', /^I8: minute 2/, without(course[3]!)],
    [
      'a minute on the second machine is the first one’s',
      /^I8: attempt/,
      put(SERVED, 'UsageMetered.v1', 'attempt', 1, 1),
    ],
    ['the lost GPU is given away before it was free', /^I3: .* while rental/, without(revoked)],
    [
      'the machine that was lost is chosen again',
      /^placement@1: .* failed this rental before/,
      (entries: readonly Entry[]) =>
        entries.map((one) => (one === course[1] ? placed(SERVED, '02:40', 2, [NODE_A], 3) : one)),
    ],
    ['a machine is taken that is not lost', /^order: a node is taken for a rental that is running/, without(lost)],
    [
      'another machine is taken after three attempts',
      /^placement@1: there are 3 attempts/,
      put(SERVED, 'RentalPlaced.v1', 'attempt', 5, 1),
    ],
    [
      'the lost machine keeps its buyer in beyond paid-until',
      /^I5: access lasted 5001 ms/,
      put(SERVED, 'AccessRevoked.v1', 'revokedAt', '2026-11-23T11:01:05.001Z'),
    ],
    [
      'both minutes are charged at one rate',
      /^settlement@1: the inputs of the plan/,
      put(SERVED, 'SettlementPlanned.v1', 'groups.1.rateMicroUsdcPerHour', '5840000'),
    ],
    [
      'somebody is back on a machine it never had',
      /^order: nobody is awaited on attempt 3/,
      insertBefore(SERVED, 'RentalEnded.v1', {
        type: 'BuyerReturned.v1',
        by: 'allocation',
        data: { attempt: 3, returnedAt: time('04:00'), how: 'on_start' },
      }),
    ],
  ] as const)('is found out where %s', (_, says, change) => {
    expect(found(change).some((finding) => says.test(finding))).toBe(true);
  });
});
