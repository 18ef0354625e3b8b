import { both, copyBefore, cutFrom, drop, dress, insertBefore, moveBefore, put } from '@tokenos/testing/wire/entries';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { EXPIRED, SERVED, SHORT, STOPPED, STRAY, time } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const unplanned = cutFrom(SERVED, 'SettlementPlanned.v1');

const order: Mutation<Code>[] = [
  ['time that runs backwards', 'I10', 'dated before', dress(SERVED, 'CredentialIssued.v1', { at: time('00:39') })],
  ['a fact by another author', 'author', 'UsageMetered', dress(SERVED, 'UsageMetered.v1', { by: 'settlement' })],
  ["a buyer's stop by allocation", 'author', 'RentalEnded', dress(SERVED, 'RentalEnded.v1', { by: 'allocation' })],
  ['an unknown field', 'undecodable', 'CredentialIssued', put(SERVED, 'CredentialIssued.v1', 'secret', 'x')],
  [
    'an unknown fact',
    'undecodable',
    'RentalTeleported',
    dress(SERVED, 'CredentialIssued.v1', { type: 'RentalTeleported.v1' }),
  ],
  [
    'an unknown stream',
    'undecodable',
    'category weather',
    dress(SERVED, 'CredentialIssued.v1', { stream: 'weather-1' }),
  ],
  [
    'money that is no whole number',
    ['undecodable', 'order'],
    'RentalRequested',
    put(EXPIRED, 'RentalRequested.v1', 'quote.surplusMicroUsdc', '1.5'),
  ],
  ['an expiry before its time', 'order', 'scan', put(SHORT, 'RequestExpired.v1', 'scannedTo', time('15:00'))],
  ['an expiry that was not quoted', 'order', 'quoted', put(SHORT, 'RequestExpired.v1', 'expiresAt', time('15:01'))],
  [
    'a paid request that expires',
    'order',
    'not paid',
    both(
      cutFrom(STOPPED, 'AccessRevoked.v1'),
      insertBefore(STOPPED, 'RentalEnded.v1', {
        type: 'RequestExpired.v1',
        by: 'settlement',
        data: { expiresAt: time('15:00'), scannedTo: time('15:01') },
      }),
      drop(STOPPED, 'RentalEnded.v1'),
    ),
  ],
  [
    'a term that elapsed too early',
    ['order', 'author'],
    'term was not over',
    put(SERVED, 'RentalEnded.v1', 'reason', 'term_elapsed'),
  ],
  [
    'a payment final before it came',
    'order',
    'before it was received',
    both(moveBefore(SERVED, 'PaymentFinalized.v1', 'PaymentReceived.v1'), unplanned),
  ],
  [
    'an attempt out of turn',
    'order',
    'number of the attempt',
    both(put(STOPPED, 'RentalPlaced.v1', 'attempt', 3, 1), put(STOPPED, 'AccessRevoked.v1', 'attempt', 3)),
  ],
  ['a return closed before it is final', ['order', 'I1'], 'gave it back', drop(STRAY, 'SettlementFinalized.v1')],
  ['a key after the end', 'order', 'key is issued', moveBefore(SERVED, 'CredentialIssued.v1', 'AccessRevoked.v1')],
  [
    'a stream of another rental',
    ['order', 'I7', 'placement@1'],
    'of its own',
    put(SERVED, 'RentalRequested.v1', 'rentalId', 'another'),
  ],
  ['a request made twice', 'order', 'requested twice', copyBefore(EXPIRED, 'RentalRequested.v1', 'RequestExpired.v1')],
  [
    'a rental that ends twice',
    'order',
    'ended already',
    insertBefore(STOPPED, 'AccessRevoked.v1', {
      type: 'RentalEnded.v1',
      by: 'gateway',
      data: { reason: 'buyer_stopped', fault: 'buyer', effectiveAt: time('07:46') },
    }),
  ],
  [
    'an end in the future',
    'order',
    'after it is said to have ended',
    put(STOPPED, 'RentalEnded.v1', 'effectiveAt', time('07:46')),
  ],
  [
    'access that ends twice',
    'order',
    'no access to lose',
    insertBefore(SERVED, 'MeterClosed.v1', {
      type: 'AccessRevoked.v1',
      by: 'allocation',
      data: { attempt: 1, revokedAt: time('04:31') },
    }),
  ],
  [
    'a failure of an attempt that is over',
    'order',
    'not under way',
    insertBefore(STOPPED, 'AccessRevoked.v1', {
      type: 'PlacementFailed.v1',
      by: 'allocation',
      data: { attempt: 2, why: 'late', fault: 'none' },
    }),
  ],
  [
    'a node taken for a running rental',
    ['order', 'I3', 'placement@1'],
    'that is running',
    copyBefore(SERVED, 'RentalPlaced.v1', 'UsageMetered.v1'),
  ],
  [
    'a meter closed twice',
    'order',
    'no meter',
    insertBefore(SERVED, 'SettlementPlanned.v1', {
      type: 'MeterClosed.v1',
      by: 'metering',
      data: { lastMinute: 2, minutesServed: 2 },
    }),
  ],
  ['books closed twice', 'order', 'nothing to settle', copyBefore(SHORT, 'RentalSettled.v1', 'RentalSettled.v1')],
  ['a transfer seen twice', 'I7', 'seen twice', copyBefore(STRAY, 'PaymentSeen.v1', 'SettlementPlanned.v1')],
  ['a transfer nobody saw given back', 'order', 'nothing was seen', drop(STRAY, 'PaymentSeen.v1')],
];

eachIsFound<Code>(audit, { 'a fact that does not belong there': order });
