import { both, drop, insertBefore, moveBefore, put } from '@tokenos/testing/wire/entries';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { address, SERVED, SHORT, signature, STRAY } from '@tokenos/testing/wire/names';
import { audit } from './audit.js';
import type { Code } from './finding.js';

const PAY1 = `payment-${signature('first')}`;
const unsettle = drop(SERVED, 'RentalSettled.v1');
const signed = (name: string) => ({
  type: 'SettlementSigned.v1',
  by: 'settlement',
  data: {
    planId: 'plan-pay1',
    bytes: 'AAAA',
    signature: signature(name),
    lastValidBlockHeight: 250,
    genesisHash: address('genesis'),
  },
});
const expired = (finalizedBlockHeight: number) => ({
  type: 'SettlementExpired.v1',
  by: 'settlement',
  data: { planId: 'plan-pay1', signature: signature('pay1'), finalizedBlockHeight },
});
const inPay = (stream: string, type: string, name: string) => put(stream, `${type}.v1`, 'signature', signature(name));

const chain: Mutation<Code>[] = [
  [
    'a plan that lands with bytes nobody signed',
    'I6',
    'not what was signed',
    both(inPay(SERVED, 'SettlementFinalized', 'other'), unsettle),
  ],
  [
    'a plan that lands before it is signed',
    'I6',
    'no signed bytes',
    moveBefore(SERVED, 'SettlementConfirmed.v1', 'SettlementSigned.v1'),
  ],
  [
    'bytes signed again while the first can land',
    'I6',
    'signed again',
    insertBefore(SERVED, 'SettlementSigned.v1', signed('other')),
  ],
  ['bytes given up too soon', 'I6', 'still land', insertBefore(SERVED, 'SettlementConfirmed.v1', expired(250))],
  ['landed bytes given up', 'I6', 'landed already', insertBefore(SERVED, 'SettlementFinalized.v1', expired(251))],
  ['a step of a plan nobody made', 'I6', 'never planned', put(STRAY, 'SettlementConfirmed.v1', 'planId', 'plan-x')],
  [
    'one transfer credited to two rentals',
    'I7',
    'credited to rental',
    both(inPay(SHORT, 'PaymentReceived', 'first'), inPay(SHORT, 'PaymentFinalized', 'first')),
  ],
  [
    'another amount credited than was seen',
    'I7',
    'what was seen',
    both(put(PAY1, 'PaymentSeen.v1', 'amount', '6000001'), put(PAY1, 'PaymentSeen.v1', 'payers.0.amount', '6000001')),
  ],
  [
    'a credit to another rental than assigned',
    ['I7', 'matching'],
    'what was seen',
    put(PAY1, 'PaymentSeen.v1', 'assignedTo', 'another'),
  ],
  ['a credit nobody saw', 'I7', 'without a stream', drop(PAY1, 'PaymentSeen.v1')],
  [
    'one transaction for two plans',
    'I7',
    'already that of',
    both(
      inPay(SHORT, 'SettlementSigned', 'pay1'),
      inPay(SHORT, 'SettlementConfirmed', 'pay1'),
      inPay(SHORT, 'SettlementFinalized', 'pay1'),
    ),
  ],
  [
    'our own transaction credited as a payment',
    'I7',
    'of ours',
    both(
      inPay(STRAY, 'SettlementSigned', 'first'),
      inPay(STRAY, 'SettlementConfirmed', 'first'),
      inPay(STRAY, 'SettlementFinalized', 'first'),
      inPay(STRAY, 'PaymentReturned', 'first'),
    ),
  ],
  [
    'a transfer credited and given back',
    ['I7', 'matching'],
    'given back as well',
    both(put(STRAY, 'PaymentSeen.v1', 'assignedTo', 'another'), put(STRAY, 'PaymentSeen.v1', 'why', null)),
  ],
  ['a payment that does not name its rental', 'matching', 'point at', put(PAY1, 'PaymentSeen.v1', 'references', [])],
  ['a payment in another mint', 'matching', 'point at', put(PAY1, 'PaymentSeen.v1', 'mint', address('other'))],
  ['a payment neither assigned nor refused', 'matching', 'either assigned', put(STRAY, 'PaymentSeen.v1', 'why', null)],
];

eachIsFound<Code>(audit, { 'a transfer that moves money twice, or another than was said': chain });
