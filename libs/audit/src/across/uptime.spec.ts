/** uptime@1 and the wallets of operators, on streams written by hand. */

import type { Json } from '@tokenos/contracts/envelope/envelope';
import { sealed, type Entry } from '@tokenos/testing/wire/entries';
import { node } from '@tokenos/testing/wire/makers';
import { address, NODE_A } from '@tokenos/testing/wire/names';
import { audit } from '../audit.js';

const day = (at: string, change: Readonly<Record<string, Json>> = {}): Entry => ({
  stream: `node-${NODE_A}`,
  type: 'NodeUptimeRecorded.v1',
  at: `${at}T00:04:00.000Z`,
  by: 'metering',
  data: {
    rules: 'uptime@1',
    day: '2026-11-24',
    expectedMinutes: 1_440,
    servedMinutes: 1_400,
    platformFaultMinutes: 10,
    ...change,
  },
});
const enrolled = node(NODE_A, 'opa', '5840000');
const findings = (...entries: readonly Entry[]) =>
  audit(sealed([...enrolled, ...entries])).findings.map(({ code, message }) => `${code}: ${message}`);

describe('a day of a node', () => {
  it('is recorded once it is over, the next one after it', () => {
    expect(findings(day('2026-11-25'), day('2026-11-26', { day: '2026-11-25' }))).toEqual([]);
  });

  it.each([
    ['twice', [day('2026-11-25'), day('2026-11-26')], '2026-11-24 is recorded after 2026-11-24'],
    ['before it is over', [day('2026-11-24')], '2026-11-24 is recorded before it is over'],
    [
      'with more served than expected',
      [day('2026-11-25', { servedMinutes: 1_441 })],
      '1441 of 1440 minutes are served',
    ],
    ['with more spoiled than expected', [day('2026-11-25', { platformFaultMinutes: 1_441 })], 'minutes are spoiled'],
    ['longer than a day', [day('2026-11-25', { expectedMinutes: 1_500 })], 'a day of 1500 minutes'],
    ['by rules nobody knows', [day('2026-11-25', { rules: 'uptime@9' })], 'rules of the day'],
  ])('is not recorded %s', (_, entries, says) => {
    const [finding, ...others] = findings(...entries);
    expect(finding).toMatch(/^uptime@1: /);
    expect(finding).toContain(says);
    expect(others).toEqual([]);
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
