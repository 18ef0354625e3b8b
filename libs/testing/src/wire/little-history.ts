/** A small, right history as wire facts, computed by hand: two operators, four rentals and a transfer that belongs to nobody. */

import type { Entry } from './entries.js';
import {
  allocation,
  gateway,
  metering,
  node,
  paid,
  placed,
  requested,
  seen,
  settled,
  settledBy,
  settlement,
  stopped,
} from './makers.js';
import { address, EXPIRED, NODE_A, NODE_B, SERVED, SHORT, signature, STOPPED, STRAY, time } from './names.js';

/**
 * Two payments of 6,000,000 and 1,234; minutes 0 and 2 of three served at 5.84 USDC per hour: 194,666.66... is charged as
 * 194,666, 5% of it is 9,733.3, kept as 9,733, the operator has 184,933. The newer payment goes back whole.
 */
const served: readonly Entry[] = [
  requested(SERVED, '00:10'),
  ...paid(SERVED, '00:20', 'first', 'buyerA', '6000000'),
  ...paid(SERVED, '00:30', 'second', 'buyerB', '1234'),
  placed(SERVED, '00:40', 1, [NODE_A, NODE_B], 1),
  gateway(SERVED, 'CredentialIssued', '00:45', {
    keys: [{ publicKey: 'ssh-ed25519 AAAA', fingerprint: 'SHA256:abc' }],
    username: 'r1234',
    notAfter: time('59:00'),
  }),
  allocation(SERVED, 'RentalStarted', '01:00', {
    attempt: 1,
    startedAt: time('01:00'),
    endsAt: '2026-11-23T11:01:00.000Z',
  }),
  metering(SERVED, 'UsageMetered', '03:05', {
    firstMinute: 0,
    bitmap: '10',
    attempt: 1,
    evidenceSha256: 'a'.repeat(64),
  }),
  stopped(SERVED, '04:30'),
  allocation(SERVED, 'AccessRevoked', '04:32', { attempt: 1, revokedAt: time('04:31') }),
  metering(SERVED, 'UsageMetered', '04:40', {
    firstMinute: 2,
    bitmap: '1',
    attempt: 1,
    evidenceSha256: 'b'.repeat(64),
  }),
  metering(SERVED, 'MeterClosed', '04:41', { lastMinute: 2, minutesServed: 2 }),
  ...settledBy(SERVED, '05:00', 'pay1', {
    paid: '6001234',
    charged: '194666',
    fee: '9733',
    groups: [
      {
        operatorId: 'opa',
        operatorWallet: address('opa'),
        rateMicroUsdcPerHour: '5840000',
        tierBps: 10_000,
        gpuCount: 1,
        minutes: 2,
      },
    ],
    transfers: [
      ['operator', 'opa', '184933'],
      ['refund', 'buyerB', '1234'],
      ['refund', 'buyerA', '5805334'],
    ],
  }),
  settled(SERVED, '05:30', ['6001234', '194666', '9733', '184933', '5806568']),
];

/** Ten micro-USDC short: never started, returned after the expiry. */
const short: readonly Entry[] = [
  requested(SHORT, '06:00'),
  ...paid(SHORT, '06:10', 'short', 'buyerC', '6001224'),
  settlement(SHORT, 'RequestExpired', '16:00', { expiresAt: time('15:00'), scannedTo: time('15:01') }),
  ...settledBy(SHORT, '16:10', 'pay3', {
    paid: '6001224',
    charged: '0',
    fee: '0',
    transfers: [['refund', 'buyerC', '6001224']],
  }),
  settled(SHORT, '16:30', ['6001224', '0', '0', '0', '6001224']),
];

/** The first node takes the GPU that the first rental left, and fails; the buyer stops before the second is ready. */
const stoppedEarly: readonly Entry[] = [
  requested(STOPPED, '07:00'),
  ...paid(STOPPED, '07:10', 'third', 'buyerD', '6001234'),
  placed(STOPPED, '07:20', 1, [NODE_A, NODE_B], 2),
  allocation(STOPPED, 'PlacementFailed', '07:35', { attempt: 1, why: 'not ready within 15 s', fault: 'operator' }),
  placed(STOPPED, '07:40', 2, [NODE_B], 1),
  stopped(STOPPED, '07:45'),
  allocation(STOPPED, 'AccessRevoked', '07:48', { attempt: 2, revokedAt: time('07:47') }),
  ...settledBy(STOPPED, '08:00', 'pay4', {
    paid: '6001234',
    charged: '0',
    fee: '0',
    transfers: [['refund', 'buyerD', '6001234']],
  }),
  settled(STOPPED, '08:30', ['6001234', '0', '0', '0', '6001234']),
];

const returned: readonly Entry[] = [
  seen('09:00', 'stray', 'stranger', '777', null),
  ...settledBy(STRAY, '09:10', 'pay5', {
    paid: '777',
    charged: '0',
    fee: '0',
    transfers: [['refund', 'stranger', '777']],
  }),
  settlement(STRAY, 'PaymentReturned', '09:30', { planId: 'plan-pay5', signature: signature('pay5') }),
];

/** In the global order of time; facts of one second keep the order of their stream. */
export const littleHistory: readonly Entry[] = [
  ...node(NODE_A, 'opa', '5840000'),
  ...node(NODE_B, 'opb', '6000000'),
  ...served,
  requested(EXPIRED, '05:40'),
  settlement(EXPIRED, 'RequestExpired', '15:30', { expiresAt: time('15:00'), scannedTo: time('15:10') }),
  ...short,
  ...stoppedEarly,
  ...returned,
].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
