import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { sealed } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { SERVED, SHORT, STOPPED } from '@tokenos/testing/wire/names';
import { audit, type AuditOptions } from './audit.js';

const history = sealed(littleHistory);
const complete: AuditOptions = { requireSettled: true };

const grouped = (envelopes: readonly Envelope[]): Envelope[] =>
  [...envelopes].sort((a, b) => (a.stream < b.stream ? -1 : a.stream > b.stream ? 1 : a.revision - b.revision));

describe('the audit of a right history', () => {
  it('finds nothing, in the order of time and stream by stream, forwards and backwards', () => {
    const byStream = grouped(history);
    const backwards = [...new Set(byStream.map((envelope) => envelope.stream))]
      .reverse()
      .flatMap((stream) => byStream.filter((envelope) => envelope.stream === stream));
    for (const order of [history, byStream, backwards]) expect(audit(order, complete).findings).toEqual([]);
  });

  it('adds up every micro-USDC that came in', () => {
    expect(audit(history).totals).toEqual({
      facts: history.length,
      streams: 13,
      rentals: 4,
      settled: 3,
      minutesBilled: 2,
      paidMicroUsdc: 6_001_234n + 6_001_224n + 6_001_234n + 777n,
      shortfallMicroUsdc: 0n,
      operatorMicroUsdc: 184_933n,
      feeMicroUsdc: 9_733n,
      refundedMicroUsdc: 5_806_568n + 6_001_224n + 6_001_234n + 777n,
      heldMicroUsdc: 0n,
      open: [],
    });
  });

  it('holds at every moment: a history cut anywhere has nothing wrong, and what is not handed out is held', () => {
    for (let length = 0; length < history.length; length++) {
      const { findings, totals } = audit(history.slice(0, length));
      expect(findings).toEqual([]);
      const { paidMicroUsdc, operatorMicroUsdc, feeMicroUsdc, refundedMicroUsdc, heldMicroUsdc } = totals;
      const { shortfallMicroUsdc } = totals;
      expect(paidMicroUsdc + shortfallMicroUsdc).toBe(
        operatorMicroUsdc + feeMicroUsdc + refundedMicroUsdc + heldMicroUsdc,
      );
    }
  });
});

describe('a history that has not come to its end', () => {
  const upTo = (clock: string) => history.filter((envelope) => envelope.at <= `2026-11-23T10:${clock}.000Z`);

  it('names the streams that are open, with what they hold', () => {
    const { totals } = audit(upTo('04:35'));
    expect(totals.open).toEqual([SERVED]);
    expect(totals.heldMicroUsdc).toBe(6_001_234n);
  });

  it('is wrong only where it was said to be complete', () => {
    expect(audit(upTo('08:00')).findings).toEqual([]);
    const codes = audit(upTo('08:29'), complete).findings.map(({ code, stream }) => [code, stream]);
    expect(codes).toEqual([
      ['unsettled', SHORT],
      ['unsettled', STOPPED],
    ]);
  });

  it('counts a transfer that is assigned but not credited as held', () => {
    const first = history.findIndex((envelope) => envelope.type === 'PaymentReceived.v1');
    const { findings, totals } = audit(history.slice(0, first));
    expect(findings).toEqual([]);
    expect(totals.heldMicroUsdc).toBe(6_000_000n);
    expect(totals.open).toEqual([history[first - 1]!.stream]);
  });

  it('asks a complete history for the end of every access', () => {
    const own = history.filter((envelope) => envelope.stream === STOPPED);
    const stillIn = own.slice(
      0,
      own.findIndex(({ type }) => type === 'AccessRevoked.v1'),
    );
    const { findings } = audit(stillIn, { ...complete, partial: true });
    expect(findings.map(({ code }) => code)).toEqual(['unsettled', 'I5']);
  });
});

describe('an export of one rental only', () => {
  const own = history.filter((envelope) => envelope.stream === SERVED);

  it('is clean when it is said to be partial', () => {
    expect(audit(own, { ...complete, partial: true }).findings).toEqual([]);
  });

  it('is not when it is said to be everything', () => {
    expect(new Set(audit(own).findings.map(({ code }) => code))).toEqual(
      new Set(['I7', 'placement@1', 'settlement@1']),
    );
  });
});

describe('what is no envelope at all', () => {
  it('is a finding, never an exception', () => {
    const strange = [{}, { stream: 'rental-1' }, { ...history[0]!, at: 'yesterday' }, { ...history[0]!, revision: -1 }];
    const { findings } = audit(strange as Envelope[]);
    expect(findings.map(({ code, stream }) => [code, stream])).toEqual([
      ['undecodable', '?'],
      ['undecodable', 'rental-1'],
      ['undecodable', history[0]!.stream],
      ['undecodable', history[0]!.stream],
    ]);
  });
});
