import type { Json } from '@tokenos/contracts/envelope/envelope';
import { both, copyBefore, drop, moveBefore, put } from '@tokenos/testing/wire/entries';
import { eachIsFound, type Mutation } from '@tokenos/testing/wire/mutations';
import { address, SERVED, SHORT, STRAY } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const unsettle = drop(SERVED, 'RentalSettled.v1');
const plan = (path: string, value: Json) => put(SERVED, 'SettlementPlanned.v1', path, value);
const transfers = (...list: readonly (readonly [string, string, string])[]) =>
  plan(
    'transfers',
    list.map(([role, to, amountMicroUsdc]) => ({ role, to: address(to), amountMicroUsdc })),
  );

const conservation: Mutation<Code>[] = [
  ['totals that lie', 'I1', 'totals', put(SERVED, 'RentalSettled.v1', 'refundedMicroUsdc', '5806567')],
  [
    'a refund that is skipped',
    'I1',
    'nothing held',
    both(transfers(['operator', 'opa', '184933']), put(SERVED, 'RentalSettled.v1', 'refundedMicroUsdc', '0')),
  ],
  [
    'books closed before the money is final',
    'I1',
    'totals',
    moveBefore(SERVED, 'RentalSettled.v1', 'SettlementFinalized.v1'),
  ],
  ['a charge that is not fee + operators', 'I2', 'charged', plan('chargedMicroUsdc', '194667')],
  ['more handed out than was paid', 'I2', 'hand out', both(plan('transfers.2.amountMicroUsdc', '5805335'), unsettle)],
  [
    'money handed out before it is final',
    'I2',
    'finally paid',
    moveBefore(SERVED, 'PaymentFinalized.v1', 'SettlementSigned.v1', 1),
  ],
  [
    'a plan planned twice',
    ['I6', 'I2'],
    'planned twice',
    both(
      copyBefore(SERVED, 'SettlementPlanned.v1', 'SettlementSigned.v1'),
      copyBefore(SERVED, 'SettlementPlanned.v1', 'SettlementSigned.v1'),
      put(SERVED, 'SettlementPlanned.v1', 'planId', 'plan-again', 2),
    ),
  ],
];

const settlement: Mutation<Code>[] = [
  [
    'an operator paid one micro-USDC too much',
    'settlement@1',
    'due to operator',
    both(
      transfers(['operator', 'opa', '184934'], ['refund', 'buyerB', '1234'], ['refund', 'buyerA', '5805333']),
      plan('chargedMicroUsdc', '194667'),
      unsettle,
    ),
  ],
  ['a refund to a stranger', 'settlement@1', 'due to refund stranger', plan('transfers.2.to', address('stranger'))],
  [
    'a fee rounded up',
    'settlement@1',
    'fee of all plans',
    both(plan('feeMicroUsdc', '9734'), plan('transfers.0.amountMicroUsdc', '184932'), unsettle),
  ],
  [
    'the oldest payment refunded first',
    'settlement@1',
    'due to refund buyerA',
    transfers(['operator', 'opa', '184933'], ['refund', 'buyerA', '5806568']),
  ],
  [
    'a refund that ignores refundTo',
    'settlement@1',
    'due to refund buyerB',
    put(SERVED, 'RentalRequested.v1', 'payment.refundTo', address('savings')),
  ],
  [
    'a payout to a wallet the operator never registered',
    'settlement@1',
    'payout wallet',
    both(plan('groups.0.operatorWallet', address('thief')), plan('transfers.0.to', address('thief'))),
  ],
  ['minutes that were not served', 'settlement@1', 'inputs of the plan', plan('groups.0.minutes', 3)],
  [
    'a rate that was not agreed',
    'settlement@1',
    'inputs of the plan',
    plan('groups.0.rateMicroUsdcPerHour', '5840001'),
  ],
  ['a fee that was not quoted', 'settlement@1', 'inputs of the plan', plan('feeBps', 600)],
  ['a plan by rules nobody knows', 'settlement@1', 'inputs of the plan', plan('rules', 'settlement@9')],
  [
    'a plan before the meter closed',
    'settlement@1',
    'meter closed',
    moveBefore(SERVED, 'MeterClosed.v1', 'SettlementSigned.v1'),
  ],
  [
    'a final plan for a rental that never ran',
    'settlement@1',
    'never started',
    put(SHORT, 'SettlementPlanned.v1', 'kind', 'final'),
  ],
  ['a charge that calls itself a return', 'settlement@1', 'not a return', plan('kind', 'return')],
  [
    'a plan before the end',
    'settlement@1',
    'before the end',
    moveBefore(SHORT, 'RequestExpired.v1', 'SettlementSigned.v1'),
  ],
  [
    'a return that keeps something',
    'settlement@1',
    'goes what it gave',
    both(put(STRAY, 'SettlementPlanned.v1', 'transfers.0.amountMicroUsdc', '776'), drop(STRAY, 'PaymentReturned.v1')),
  ],
  [
    'a return that costs something',
    'settlement@1',
    'costs nothing',
    both(
      put(STRAY, 'SettlementPlanned.v1', 'feeMicroUsdc', '1'),
      put(STRAY, 'SettlementPlanned.v1', 'chargedMicroUsdc', '1'),
      put(STRAY, 'SettlementPlanned.v1', 'transfers', []),
      drop(STRAY, 'PaymentReturned.v1'),
    ),
  ],
  [
    'another mint given back in USDC',
    ['matching', 'settlement@1'],
    'wrong_mint',
    put(STRAY, 'PaymentSeen.v1', 'why', 'wrong_mint'),
  ],
];

eachIsFound<Code>(audit, { 'money that does not add up': conservation, 'a share that is not due': settlement });
