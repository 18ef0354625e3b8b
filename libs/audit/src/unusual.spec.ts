import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Json } from '@tokenos/contracts/envelope/envelope';
import { both, cutFrom, drop, dress, put, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { paid, settledBy, settlement } from '@tokenos/testing/wire/makers';
import { address, SERVED, signature, STOPPED } from '@tokenos/testing/wire/names';
import { audit, type AuditOptions } from './audit.js';

type Change = (entries: readonly Entry[]) => Entry[];

const codes = (change: Change, options: AuditOptions = { requireSettled: true }) =>
  audit(sealed(change(littleHistory)), options).findings.map(({ code, message }) => `${code}: ${message}`);

const append =
  (...entries: Entry[]): Change =>
  (before) => [...before, ...entries];

const GROUPS: readonly Json[] = [
  {
    operatorId: 'opa',
    operatorWallet: address('opa'),
    rateMicroUsdcPerHour: '5840000',
    tierBps: 10_000,
    gpuCount: 1,
    minutes: 2,
  },
];
const DUE = { paid: '6001234', charged: '194666', fee: '9733', groups: GROUPS };
const ALL = [
  ['operator', 'opa', '184933'],
  ['refund', 'buyerA', '5805334'],
  ['refund', 'buyerB', '1234'],
] as const;
const NOTHING_YET = { ...DUE, charged: '0', fee: '0' };
const [OPERATOR, ...REFUNDS] = ALL;
const closed = littleHistory.find((entry) => entry.stream === SERVED && entry.type === 'RentalSettled.v1')!;
const unplanned = cutFrom(SERVED, 'SettlementPlanned.v1');
const booksClosed = settlement(SERVED, 'RentalSettled', '30:00', closed.data);

describe('a history that is unusual, but right', () => {
  it('signs again once the first bytes can never land', () => {
    const [planned, signed, confirmed, finalized] = settledBy(SERVED, '20:00', 'pay6', { ...DUE, transfers: ALL });
    const first = { ...signed!, data: { ...signed!.data, signature: signature('given') } };
    const expired = settlement(SERVED, 'SettlementExpired', '20:00', {
      planId: 'plan-pay6',
      signature: signature('given'),
      finalizedBlockHeight: 251,
    });
    expect(
      codes(both(unplanned, append(planned!, first, expired, signed!, confirmed!, finalized!, booksClosed))),
    ).toEqual([]);
  });

  it('plans again what a failed plan did not move', () => {
    const [planned, signed] = settledBy(SERVED, '20:00', 'pay6', { ...DUE, transfers: ALL });
    const failed = settlement(SERVED, 'SettlementFailed', '20:10', {
      planId: 'plan-pay6',
      signature: signature('pay6'),
      error: 'account frozen',
    });
    const again = settledBy(SERVED, '20:20', 'pay7', { ...DUE, transfers: ALL });
    expect(codes(both(unplanned, append(planned!, signed!, failed, ...again, booksClosed)))).toEqual([]);
  });

  it.each([
    ['the operator has to wait', NOTHING_YET, REFUNDS, DUE, [OPERATOR]],
    ['a buyer has to wait', DUE, [OPERATOR], NOTHING_YET, REFUNDS],
  ] as const)('hands out in two plans where %s', (_, first, now, second, later) => {
    const plans = [
      ...settledBy(SERVED, '20:00', 'pay6', { ...first, transfers: now }),
      ...settledBy(SERVED, '21:00', 'pay7', { ...second, transfers: later }),
    ];
    expect(codes(both(unplanned, append(...plans, booksClosed)))).toEqual([]);
    expect(codes(both(unplanned, append(...plans.slice(0, 4))))).toEqual(['unsettled: it has not come to its end']);
  });

  it('gives back what comes after the books were closed', () => {
    const late = paid(SERVED, '40:00', 'surprise', 'buyerB', '50');
    const back = settledBy(SERVED, '41:00', 'pay8', {
      paid: '6001284',
      charged: '0',
      fee: '0',
      groups: GROUPS,
      transfers: [['refund', 'buyerB', '50']],
    });
    const asReturn = put(SERVED, 'SettlementPlanned.v1', 'kind', 'return', 1);
    expect(codes(append(...late))).toEqual(['unsettled: it has not come to its end']);
    expect(codes(both(append(...late, ...back), asReturn))).toEqual([]);
  });

  it('does not ask a lost machine to close before paid-until, nor for longer', () => {
    const failed = both(
      put(SERVED, 'RentalEnded.v1', 'reason', 'node_failed'),
      put(SERVED, 'RentalEnded.v1', 'fault', 'operator'),
      dress(SERVED, 'RentalEnded.v1', { by: 'allocation' }),
      cutFrom(STOPPED, 'RentalPlaced.v1'),
    );
    const closes = (at: string) => put(SERVED, 'AccessRevoked.v1', 'revokedAt', at);
    expect(codes(failed, {})).toEqual([]);
    expect(codes(both(failed, closes('2026-11-23T11:01:05.000Z')), {})).toEqual([]);
    expect(codes(both(failed, closes('2026-11-23T11:01:05.001Z')), {})).toEqual([
      'I5: access lasted 5001 ms after the end, not 5000 at most',
    ]);
    expect(codes(both(failed, drop(SERVED, 'AccessRevoked.v1')), {})).toEqual([]);
  });

  it('stretches the five seconds with a clock that runs faster than real', () => {
    const late = put(SERVED, 'AccessRevoked.v1', 'revokedAt', '2026-11-23T10:04:40.000Z');
    expect(codes(late)).not.toEqual([]);
    expect(codes(late, { clockScale: 2 })).toEqual([]);
  });
});

describe('candidates of equal score', () => {
  // Of their nodes nothing is on record.
  const partial: AuditOptions = { requireSettled: true, partial: true };
  const at = littleHistory.find((entry) => entry.stream === STOPPED && entry.type === 'RentalPlaced.v1')!;
  const [best] = (at.data['receipt'] as { best: { rateMicroUsdcPerHour: string }[] }).best;
  const twin = (nodeId: string, rate: string) => ({
    ...best!,
    nodeId,
    rateMicroUsdcPerHour: rate,
    tieBreak: sha256Hex(`${STOPPED.slice('rental-'.length)}:${nodeId}`),
  });
  const listed = (...list: object[]) =>
    both(
      put(STOPPED, 'RentalPlaced.v1', 'receipt.best', list as Json),
      put(STOPPED, 'RentalPlaced.v1', 'receipt.fullListSha256', sha256Hex(canonical(list))),
    );
  const twins = ['x', 'y', 'z'].map((nodeId) => twin(nodeId, '5840100'));
  const byHash = [...twins].sort((a, b) => (a.tieBreak < b.tieBreak ? -1 : 1));

  it('rank by rate, then by hash', () => {
    expect(codes(listed(best!, ...byHash), partial)).toEqual([]);
    expect(codes(listed(best!, ...[...byHash].reverse()), partial).length).toBe(2);
    expect(codes(listed(best!, twin('w', '5840200'), twin('v', '5840100')), partial)).toEqual([
      'placement@1: v ranks behind w, but is no worse',
    ]);
  });
});

describe('what is not right, however unusual', () => {
  it('a fourth attempt', () => {
    const tries = (n: number) =>
      both(put(STOPPED, 'RentalPlaced.v1', 'attempt', n, 1), put(STOPPED, 'AccessRevoked.v1', 'attempt', n));
    expect(codes(tries(4))).toEqual(['order: number of the attempt', 'placement@1: there are 3 attempts, and no more']);
  });

  it('a plan that goes on after it failed, or after it is final', () => {
    const again = (stream: string, type: string, name: string): Entry =>
      settlement(stream, type, '50:00', { planId: `plan-${name}`, signature: signature(name), error: 'late' });
    expect(codes(append(again(SERVED, 'SettlementFailed', 'pay1')))).toEqual(['I6: it is final already']);
    const failed: Change = both(
      cutFrom(SERVED, 'SettlementConfirmed.v1'),
      append(again(SERVED, 'SettlementFailed', 'pay1'), again(SERVED, 'SettlementFailed', 'pay1')),
    );
    expect(codes(failed, {})).toEqual(['I6: it has failed already']);
  });
});
