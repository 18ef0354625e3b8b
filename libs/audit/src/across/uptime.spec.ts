/** uptime@1, the order of a machine's facts, and the wallets of operators, on streams written by hand. */

import type { Json } from '@tokenos/contracts/envelope/envelope';
import { sealed, type Entry } from '@tokenos/testing/wire/entries';
import { node } from '@tokenos/testing/wire/makers';
import { address, NODE_A, NODE_B } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';

/** Both machines are verified on 2026-11-23 at 10:00:01, so that day expects 839 minutes of them. */
const uptime = (nodeId: string, at: string, change: Readonly<Record<string, Json>> = {}): Entry => ({
  stream: `node-${nodeId}`,
  type: 'NodeUptimeRecorded.v1',
  at: `${at}T00:04:00.000Z`,
  by: 'metering',
  data: {
    rules: 'uptime@1',
    day: '2026-11-23',
    expectedMinutes: 839,
    servedMinutes: 800,
    platformFaultMinutes: 10,
    ...change,
  },
});
const day = (at: string, change: Readonly<Record<string, Json>> = {}): Entry => uptime(NODE_A, at, change);
const NEXT = { day: '2026-11-24', expectedMinutes: 1_440 };
const enrolled = node(NODE_A, 'opa', '5840000');
const about = (type: string, at: string): Entry => ({
  stream: `node-${NODE_A}`,
  type: `${type}.v1`,
  at,
  by: 'gateway',
  data: {},
});
const findings = (...entries: readonly Entry[]) =>
  audit(sealed([...enrolled, ...entries])).findings.map(({ code, message }) => `${code}: ${message}`);

describe('a day of a node', () => {
  it('is recorded once it is over, the next one after it', () => {
    expect(findings(day('2026-11-24'), day('2026-11-25', NEXT))).toEqual([]);
  });

  it.each([
    ['twice', [day('2026-11-24'), day('2026-11-25')], 'the day that is on record next'],
    ['where one before it is not', [day('2026-11-25', NEXT)], 'the day that is on record next'],
    [
      'before it is over',
      [{ ...day('2026-11-24'), at: '2026-11-23T23:59:00.000Z' }],
      '2026-11-23 is recorded before it is over',
    ],
    ['with more served than expected', [day('2026-11-24', { servedMinutes: 830 })], '830 served and 10 spoiled of 839'],
    ['with fewer minutes than were expected', [day('2026-11-24', { expectedMinutes: 838 })], 'minutes expected on'],
    ['longer than it was', [day('2026-11-24', { expectedMinutes: 840 })], 'minutes expected on'],
    ['by rules nobody knows', [day('2026-11-24', { rules: 'uptime@9' })], 'rules of the day'],
  ])('is not recorded %s', (_, entries, says) => {
    const [finding, ...others] = findings(...entries);
    expect(finding).toMatch(/^uptime@1: /);
    expect(finding).toContain(says);
    expect(others).toEqual([]);
  });

  it.each([
    ['from a day after it drains', ['NodeDrained', '2026-11-23T12:00:30.000Z'], 720],
    ['until it retires', ['NodeRetired', '2026-11-24T12:00:30.000Z'], 720],
  ] as const)('expects nothing %s', (_, [type, at], minutes) => {
    const next = (expectedMinutes: number) => day('2026-11-25', { ...NEXT, expectedMinutes, servedMinutes: 0 });
    const first = day('2026-11-24');
    const told = (last: Entry) =>
      findings(...[about(type, at), first, last].sort((one, other) => (one.at < other.at ? -1 : 1)));
    expect(told(next(minutes))).toEqual([]);
    expect(told(next(minutes + 1))).toEqual(['uptime@1: minutes expected on 2026-11-24']);
  });

  it('is spoiled for all that were expected then, or for none', () => {
    const other = node(NODE_B, 'opb', '6000000');
    const spoiled = (minutes: number) => uptime(NODE_B, '2026-11-24', { platformFaultMinutes: minutes });
    expect(findings(...other, day('2026-11-24'), spoiled(10))).toEqual([]);
    // The other one was not there for 601 minutes, in which nobody may have been heard.
    expect(findings(...other, day('2026-11-24', { platformFaultMinutes: 0 }), spoiled(10))).toEqual([]);
    const full = [day('2026-11-24'), day('2026-11-25', { ...NEXT, platformFaultMinutes: 0 })];
    const both = [spoiled(10), uptime(NODE_B, '2026-11-25', { ...NEXT, platformFaultMinutes: 1 })];
    expect(findings(...other, ...full, ...both)).toEqual([
      'uptime@1: 1 minutes of 2026-11-24 are spoiled for it, and for another machine that was expected then 0 at most',
    ]);
  });

  it('is recorded of every node, where it is of others', () => {
    const other = node(NODE_B, 'opb', '6000000');
    expect(findings(...other, day('2026-11-24'), day('2026-11-25', NEXT))).toEqual([
      'uptime@1: 2026-11-23 is on record of others, and of this one nothing after 2026-11-22',
    ]);
  });
});

describe('a machine', () => {
  it('enrolls once, and before all else', () => {
    const [registered, enrolledThen, ...rest] = enrolled;
    const again = [registered!, enrolledThen!, enrolledThen!, ...rest];
    const codes = (entries: readonly Entry[]) => audit(sealed(entries)).findings.map(({ message }) => message);
    expect(codes(again)).toEqual(['it enrolls twice']);
    expect(codes([registered!, ...rest])).toEqual(['it has not enrolled yet', 'it has not enrolled yet']);
  });

  it('that has retired says nothing more', () => {
    const gone = about('NodeRetired', '2026-11-23T12:00:00.000Z');
    expect(findings(gone, about('NodeDrained', '2026-11-23T13:00:00.000Z'))).toEqual(['order: it has retired']);
  });
});

describe("an operator's wallet", () => {
  const change = (at: string, effectiveAt: string): Entry => ({
    stream: 'operator-opa',
    type: 'OperatorWalletChanged.v1',
    at,
    by: 'gateway',
    data: { wallet: address('opx'), effectiveAt },
  });
  const first = change('2026-11-24T00:00:00.000Z', '2026-11-26T00:00:00.000Z');

  it('changes 48 hours after it is said, and again once that is over', () => {
    expect(findings(first, change('2026-11-26T00:00:00.000Z', '2026-11-28T00:00:00.000Z'))).toEqual([]);
  });

  it('never changes sooner, nor while a change is on its way', () => {
    expect(findings(change('2026-11-24T00:00:00.000Z', '2026-11-25T23:59:59.999Z'))).toEqual([
      'settlement@1: a new wallet waits so many ms',
    ]);
    expect(findings(first, change('2026-11-25T00:00:00.000Z', '2026-11-27T00:00:00.000Z'))).toEqual([
      'settlement@1: a wallet is changed while a change is on its way',
    ]);
  });
});
