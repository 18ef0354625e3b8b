/** settlement@1 against vectors computed elsewhere, and conservation for any money in and any minutes served. */

import { golden } from '@tokenos/testing/generators/golden';
import fc from 'fast-check';
import { sum, usdc } from '../money.js';
import { price } from '../pricing/pricing.js';
import type { ChargeGroup } from './facts.js';
import { settle, SETTLEMENT, type PaymentIn } from './settlement.js';

type Wire<T> = { readonly [K in keyof T]: T[K] extends bigint ? string : T[K] };
interface Vectors {
  readonly rules: string;
  readonly settle: readonly {
    readonly what: string;
    readonly feeBps: number;
    readonly groups: readonly Wire<Omit<ChargeGroup, 'operatorId'>>[];
    readonly payments: readonly Wire<PaymentIn>[];
    readonly chargedMicroUsdc: string;
    readonly feeMicroUsdc: string;
    readonly transfers: readonly unknown[];
  }[];
}
const vectors = golden('domain/golden/settlement.json') as Vectors;

const wallets = fc.constantFrom('A', 'B', 'C');
const amounts = fc.bigInt({ min: 0n, max: 50_000_000n }).map(usdc);
const groups = fc.array(
  fc.record({
    operatorId: fc.constant('op'),
    operatorWallet: wallets,
    rateMicroUsdcPerHour: amounts,
    tierBps: fc.constantFrom(10_000, 6_000, 9_000),
    gpuCount: fc.integer({ min: 1, max: 8 }),
    minutes: fc.integer({ min: 0, max: 200 }),
  }),
  { maxLength: 3 },
);
const payments = fc.array(fc.record({ refundTo: wallets, amountMicroUsdc: amounts }), { maxLength: 4 });
const fees = fc.integer({ min: 0, max: 10_000 });

describe('settlement@1', () => {
  it('is the version the vectors were made for', () => {
    expect(vectors.rules).toBe(SETTLEMENT);
    expect(vectors.settle.length).toBeGreaterThan(10);
  });

  it.each(vectors.settle)('settles: $what', ({ groups: served, payments: paid, feeBps, what, ...expected }) => {
    expect(what).not.toBe('');
    const due = settle({
      groups: served.map((group) => ({
        ...group,
        operatorId: 'op',
        rateMicroUsdcPerHour: usdc(BigInt(group.rateMicroUsdcPerHour)),
      })),
      payments: paid.map((payment) => ({ ...payment, amountMicroUsdc: usdc(BigInt(payment.amountMicroUsdc)) })),
      feeBps,
    });
    expect({
      chargedMicroUsdc: due.chargedMicroUsdc.toString(),
      feeMicroUsdc: due.feeMicroUsdc.toString(),
      transfers: due.transfers.map((transfer) => ({
        ...transfer,
        amountMicroUsdc: transfer.amountMicroUsdc.toString(),
      })),
    }).toEqual(expected);
  });

  it('conserves money: paid = operators + fee + refunds, to the last micro-USDC', () => {
    fc.assert(
      fc.property(groups, payments, fees, (served, paid, feeBps) => {
        const due = settle({ groups: served, payments: paid, feeBps });
        const out = sum(due.transfers.map((transfer) => transfer.amountMicroUsdc));
        expect(out + due.feeMicroUsdc).toBe(sum(paid.map((payment) => payment.amountMicroUsdc)));
        expect(due.paidMicroUsdc - due.chargedMicroUsdc).toBe(
          sum(due.transfers.filter((t) => t.role === 'refund').map((t) => t.amountMicroUsdc)),
        );
        expect(due.transfers.every((transfer) => transfer.amountMicroUsdc > 0n)).toBe(true);
      }),
    );
  });

  it('charges the price of what was served where enough was paid, and never more than was paid', () => {
    fc.assert(
      fc.property(groups, payments, fees, (served, paid, feeBps) => {
        const { chargedMicroUsdc, paidMicroUsdc } = settle({ groups: served, payments: paid, feeBps });
        const full = sum(served.map(price));
        expect(chargedMicroUsdc).toBe(full < paidMicroUsdc ? full : paidMicroUsdc);
      }),
    );
  });

  it('gives nobody back more than came from them, and takes from the oldest payment first', () => {
    fc.assert(
      fc.property(groups, payments, fees, (served, paid, feeBps) => {
        const { transfers, chargedMicroUsdc } = settle({ groups: served, payments: paid, feeBps });
        for (const wallet of ['A', 'B', 'C']) {
          const gave = sum(paid.filter((p) => p.refundTo === wallet).map((p) => p.amountMicroUsdc));
          const back = sum(
            transfers.filter((t) => t.role === 'refund' && t.to === wallet).map((t) => t.amountMicroUsdc),
          );
          expect(back <= gave).toBe(true);
        }
        const newest = paid.at(-1);
        const older = sum(paid.slice(0, -1).map((p) => p.amountMicroUsdc));
        if (newest !== undefined && chargedMicroUsdc <= older) {
          const back = transfers.find((t) => t.role === 'refund' && t.to === newest.refundTo);
          expect((back?.amountMicroUsdc ?? 0n) >= newest.amountMicroUsdc).toBe(true);
        }
      }),
    );
  });
});
