/** Money is exact, never negative, and says which way it rounds. */

import fc from 'fast-check';
import { formatUsdc, min, minus, mulDiv, sum, usdc, ZERO } from './money.js';

describe('money', () => {
  it('does not go below zero', () => {
    expect(() => usdc(-1n)).toThrow(RangeError);
    expect(() => minus(usdc(1n), usdc(2n))).toThrow(RangeError);
    expect(minus(usdc(2n), usdc(2n))).toBe(ZERO);
  });

  it('sums and compares exactly beyond what a float can hold', () => {
    const big = usdc(9_007_199_254_740_993n);
    expect(sum([big, usdc(1n)])).toBe(9_007_199_254_740_994n);
    expect(min(big, usdc(1n))).toBe(1n);
    expect(sum([])).toBe(ZERO);
  });

  it('is shown with six places', () => {
    expect([0n, 1n, 999_999n, 1_000_000n, 18_687_500n].map((amount) => formatUsdc(usdc(amount)))).toEqual([
      '0.000000',
      '0.000001',
      '0.999999',
      '1.000000',
      '18.687500',
    ]);
  });

  it('rounds as it is told: floor and ceil differ by one exactly where there is a remainder', () => {
    const amounts = fc.bigInt({ min: 0n, max: 10n ** 18n });
    fc.assert(
      fc.property(amounts, amounts, fc.bigInt({ min: 1n, max: 10n ** 9n }), (a, b, c) => {
        const floor = mulDiv(a, b, c, 'floor');
        expect(floor * c <= a * b && a * b < (floor + 1n) * c).toBe(true);
        expect(mulDiv(a, b, c, 'ceil') - floor).toBe((a * b) % c === 0n ? 0n : 1n);
      }),
    );
  });

  it.each([
    [-1n, 1n, 1n],
    [1n, -1n, 1n],
    [1n, 1n, 0n],
    [1n, 1n, -1n],
  ])('refuses %s * %s / %s', (a, b, c) => {
    expect(() => mulDiv(a, b, c, 'floor')).toThrow(RangeError);
  });
});
