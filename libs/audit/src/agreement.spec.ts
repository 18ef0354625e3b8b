/** Two opinions: what the real deciders bring about, the auditor finds nothing wrong with; and a bug in any number, it finds. */

import { address } from '@tokenos/testing/generators/names';
import { scripts } from '@tokenos/testing/generators/scripts';
import { historyOf } from '@tokenos/testing/histories/history';
import { plant, type Bug } from '@tokenos/testing/histories/sabotage';
import fc from 'fast-check';
import { audit } from './audit.js';

const plus = (text: string, more: bigint): string => (BigInt(text) + more).toString();

interface Transfer {
  readonly role: string;
  readonly to: string;
  readonly amountMicroUsdc: string;
}
interface Planned {
  readonly chargedMicroUsdc: string;
  readonly feeMicroUsdc: string;
  readonly transfers: readonly Transfer[];
  readonly groups: readonly { readonly minutes: number }[];
}

/** Moves `amount` from one payee of a plan to another; sums stay right. */
function move(plan: Planned, from: string, to: string, amount: bigint): Planned | null {
  const roles = plan.transfers.map((transfer) => transfer.role);
  if (!roles.includes(from) || !roles.includes(to)) return null;
  const [giver, taker] = [roles.indexOf(from), roles.indexOf(to)];
  const transfers = plan.transfers.map((transfer, index) => {
    const more = index === taker ? amount : index === giver ? -amount : 0n;
    return { ...transfer, amountMicroUsdc: plus(transfer.amountMicroUsdc, more) };
  });
  return { ...plan, transfers, chargedMicroUsdc: plus(plan.chargedMicroUsdc, to === 'operator' ? amount : -amount) };
}

const bugs: readonly (readonly [what: string, type: string, bug: Bug])[] = [
  ['a price one micro-USDC too high', 'SettlementPlanned.v1', (plan: Planned) => move(plan, 'refund', 'operator', 1n)],
  ['a price one micro-USDC too low', 'SettlementPlanned.v1', (plan: Planned) => move(plan, 'operator', 'refund', 1n)],
  [
    'a fee one micro-USDC too high',
    'SettlementPlanned.v1',
    (plan: Planned) =>
      plan.groups.length === 0
        ? null
        : {
            ...plan,
            feeMicroUsdc: plus(plan.feeMicroUsdc, 1n),
            chargedMicroUsdc: plus(plan.chargedMicroUsdc, 1n),
          },
  ],
  [
    'a minute billed that was not served',
    'SettlementPlanned.v1',
    (plan: Planned) =>
      plan.groups.length === 0 ? null : { ...plan, groups: plan.groups.map((g) => ({ ...g, minutes: g.minutes + 1 })) },
  ],
  [
    'a refund to a stranger',
    'SettlementPlanned.v1',
    (plan: Planned) =>
      plan.transfers.some((transfer) => transfer.role === 'refund')
        ? {
            ...plan,
            transfers: plan.transfers.map((t) => (t.role === 'refund' ? { ...t, to: address('Stranger') } : t)),
          }
        : null,
  ],
  [
    'a refund forgotten',
    'SettlementPlanned.v1',
    (plan: Planned) => {
      const transfers = plan.transfers.filter((transfer) => transfer.role !== 'refund');
      return transfers.length === plan.transfers.length ? null : { ...plan, transfers };
    },
  ],
  [
    'books closed over a wrong sum',
    'RentalSettled.v1',
    (settled: { refundedMicroUsdc: string }) => ({
      ...settled,
      refundedMicroUsdc: plus(settled.refundedMicroUsdc, 1n),
    }),
  ],
  [
    'a minute metered twice',
    'UsageMetered.v1',
    (usage: { firstMinute: number }) =>
      usage.firstMinute === 0 ? null : { ...usage, firstMinute: usage.firstMinute - 1 },
  ],
  [
    'a meter closed on one minute more',
    'MeterClosed.v1',
    (closed: { minutesServed: number }) => ({ ...closed, minutesServed: closed.minutesServed + 1 }),
  ],
  [
    'a quote one micro-USDC off',
    'RentalRequested.v1',
    (request: { quote: { priceMicroUsdc: string; totalMicroUsdc: string } }) => {
      const { priceMicroUsdc, totalMicroUsdc } = request.quote;
      const quote = { priceMicroUsdc: plus(priceMicroUsdc, 1n), totalMicroUsdc: plus(totalMicroUsdc, 1n) };
      return { ...request, quote: { ...request.quote, ...quote } };
    },
  ],
  [
    'a payment credited with more than arrived',
    'PaymentReceived.v1',
    (received: { amountMicroUsdc: string }) => ({ ...received, amountMicroUsdc: plus(received.amountMicroUsdc, 1n) }),
  ],
  [
    'a machine that was not the best',
    'RentalPlaced.v1',
    (placed: { receipt: { best: readonly { nodeId: string }[] } }) => {
      const second = placed.receipt.best[1];
      return second === undefined ? null : { ...placed, nodeId: second.nodeId };
    },
  ],
  [
    'a term one minute longer than was paid',
    'RentalStarted.v1',
    (started: { endsAt: string }) => ({
      ...started,
      endsAt: new Date(Date.parse(started.endsAt) + 60_000).toISOString(),
    }),
  ],
  [
    'access that outlives the rental by months',
    'AccessRevoked.v1',
    (revoked: { revokedAt: string }) => ({
      ...revoked,
      revokedAt: new Date(Date.parse(revoked.revokedAt) + 90 * 86_400_000).toISOString(),
    }),
  ],
];

const histories = fc
  .sample(scripts(100), { numRuns: 25, seed: 20_261_123 })
  .map((script) => historyOf(script, { finished: true }));

describe('the auditor and the deciders', () => {
  it.each([
    ['while it goes on', false],
    ['once everything has come to its end', true],
  ])('agree on any history %s', (_, finished) => {
    fc.assert(
      fc.property(scripts(120), (script) => {
        const { envelopes } = historyOf(script, { finished });
        const { findings, totals } = audit(envelopes, { requireSettled: finished });
        expect(findings).toEqual([]);
        expect(audit(envelopes, { requireSettled: finished, lingering: 0 })).toEqual({ findings, totals });
        const { paidMicroUsdc, operatorMicroUsdc, feeMicroUsdc, refundedMicroUsdc, heldMicroUsdc } = totals;
        const { shortfallMicroUsdc } = totals;
        expect(operatorMicroUsdc + feeMicroUsdc + refundedMicroUsdc + heldMicroUsdc).toBe(
          paidMicroUsdc + shortfallMicroUsdc,
        );
        if (finished) expect(heldMicroUsdc).toBe(0n);
      }),
      { numRuns: 40 },
    );
  });

  it.each(bugs)('do not agree on %s', (_, type, bug) => {
    const planted = histories
      .map(({ envelopes }) => plant(envelopes, type, bug))
      .filter((envelopes) => envelopes !== null);
    const unseen = planted.filter((envelopes) => audit(envelopes, { requireSettled: true }).findings.length === 0);
    expect(planted.length).toBeGreaterThan(2);
    expect(unseen).toEqual([]);
  });

  it('do not agree on a history with any one fact of a rental missing', () => {
    const { envelopes } = histories.find((history) =>
      history.envelopes.some((fact) => fact.type === 'RentalStarted.v1'),
    )!;
    for (const dropped of envelopes.filter((envelope) => envelope.stream.startsWith('rental-'))) {
      const rest = envelopes.filter((envelope) => envelope !== dropped);
      const last = !envelopes.some((other) => other.stream === dropped.stream && other.revision > dropped.revision);
      // A tail cut off can be seen only against an anchor, unless money is still on its way.
      if (!last) expect(audit(rest, { requireSettled: true }).findings).not.toEqual([]);
    }
  });
});
