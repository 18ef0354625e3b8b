import { both, cutFrom, drop, dress, insertBefore, moveBefore, put } from '@tokenos/testing/wire/entries';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { SERVED, signature, STOPPED, time } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const PAY1 = `payment-${signature('first')}`;
const unplanned = cutFrom(SERVED, 'SettlementPlanned.v1');
const usage = (firstMinute: number, bitmap: string) => ({
  type: 'UsageMetered.v1',
  by: 'metering',
  data: { firstMinute, bitmap, attempt: 1, evidenceSha256: 'c'.repeat(64) },
});

const access: Mutation<Code>[] = [
  [
    'a start of an attempt that is not under way',
    'order',
    'not under way',
    put(SERVED, 'RentalStarted.v1', 'attempt', 2),
  ],
  [
    'a start in the future',
    ['order', 'I8'],
    'after it is said to have started',
    both(put(SERVED, 'RentalStarted.v1', 'startedAt', time('01:01')), unplanned),
  ],
  [
    'a start before the placement',
    ['order', 'placement@1'],
    'before it was placed',
    put(SERVED, 'RentalPlaced.v1', 'placedAt', time('01:01')),
  ],
  ['a GPU placed while another rental holds it', ['I3', 'placement@1'], 'while', drop(SERVED, 'AccessRevoked.v1')],
  ['the same lease epoch twice', 'I3', 'epoch 1', put(STOPPED, 'RentalPlaced.v1', 'gpus.0.leaseEpoch', 1)],
  ['a lease epoch that falls', 'I3', 'while', put(STOPPED, 'RentalPlaced.v1', 'gpus.0.leaseEpoch', 0)],
  [
    'access for a payment that came too late',
    'I4',
    'not paid in time',
    both(
      put(SERVED, 'PaymentReceived.v1', 'blockTime', time('15:01')),
      put(PAY1, 'PaymentSeen.v1', 'blockTime', time('15:01')),
    ),
  ],
  [
    'access before the payment',
    ['I4', 'order', 'placement@1'],
    'not paid in time',
    moveBefore(STOPPED, 'RentalPlaced.v1', 'PaymentReceived.v1'),
  ],
  [
    'access for one micro-USDC too little',
    'I4',
    'without sufficient payment',
    both(
      put(SERVED, 'RentalRequested.v1', 'quote.surplusMicroUsdc', '1235'),
      put(SERVED, 'RentalRequested.v1', 'quote.totalMicroUsdc', '6001235'),
    ),
  ],
  [
    'access that outlives the end by 5,001 ms',
    'I5',
    '5001 ms',
    put(SERVED, 'AccessRevoked.v1', 'revokedAt', '2026-11-23T10:04:35.001Z'),
  ],
];

const minutes: Mutation<Code>[] = [
  ['a minute billed twice', 'I8', 'first minute', insertBefore(SERVED, 'RentalEnded.v1', usage(0, '1'))],
  ['a minute left out', 'I8', 'first minute', both(put(SERVED, 'UsageMetered.v1', 'firstMinute', 3, 1), unplanned)],
  ['minutes never metered', 'I8', 'never metered', both(drop(SERVED, 'UsageMetered.v1', 1), unplanned)],
  [
    'a minute metered before it was over',
    'I8',
    'only 1 minutes',
    dress(SERVED, 'UsageMetered.v1', { at: time('02:59') }),
  ],
  ['a minute after the end', 'I8', 'only 3 minutes', put(SERVED, 'UsageMetered.v1', 'bitmap', '11', 1)],
  ['minutes before the start', 'I8', 'before the start', insertBefore(SERVED, 'RentalStarted.v1', usage(0, '1'))],
  [
    'minutes after the meter closed',
    'I8',
    'after the meter',
    insertBefore(SERVED, 'SettlementPlanned.v1', usage(3, '1')),
  ],
  [
    'an end dated before a metered minute',
    'I8',
    'beyond this end',
    both(
      put(SERVED, 'RentalEnded.v1', 'effectiveAt', time('02:59')),
      put(SERVED, 'AccessRevoked.v1', 'revokedAt', time('03:00')),
      unplanned,
    ),
  ],
  ['a meter that counts another sum', 'I8', 'closed meter', put(SERVED, 'MeterClosed.v1', 'minutesServed', 3)],
  ['minutes of another attempt', 'I8', 'attempt', put(SERVED, 'UsageMetered.v1', 'attempt', 2)],
  ['a term longer than bought', 'I8', 'term', put(SERVED, 'RentalStarted.v1', 'endsAt', '2026-11-23T11:02:00.000Z')],
];

eachIsFound<Code>(audit, {
  'access that nobody paid for or shared': access,
  'a minute that may not be billed': minutes,
});
