/** Money is an integer number of micro-USDC (1 USDC = 1 000 000), branded so that a bare bigint cannot slip in. */

declare const microUsdc: unique symbol;
export type MicroUsdc = bigint & { readonly [microUsdc]: true };

export type Rounding = 'floor' | 'ceil';

/** Brands an integer as money. Negative amounts do not exist here: a debt is a fact of its own, never a minus sign. */
export function usdc(amountMicroUsdc: bigint): MicroUsdc {
  if (amountMicroUsdc < 0n) throw new RangeError(`negative money: ${amountMicroUsdc}`);
  return amountMicroUsdc as MicroUsdc;
}

export const ZERO = usdc(0n);

export function sum(amounts: Iterable<MicroUsdc>): MicroUsdc {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return usdc(total);
}

export function min(a: MicroUsdc, b: MicroUsdc): MicroUsdc {
  return a < b ? a : b;
}

/** `a - b`; throws a RangeError where b is the larger, because money never goes below zero by accident. */
export function minus(a: MicroUsdc, b: MicroUsdc): MicroUsdc {
  return usdc(a - b);
}

/** `a * b / c` in exact integers. Rounding has no default: every caller names it. All arguments must be >= 0, c > 0. */
export function mulDiv(a: bigint, b: bigint, c: bigint, rounding: Rounding): bigint {
  if (a < 0n || b < 0n || c <= 0n) throw new RangeError(`mulDiv(${a}, ${b}, ${c})`);
  const product = a * b;
  return rounding === 'floor' ? product / c : (product + c - 1n) / c;
}

/** 18_687_500n -> "18.687500": always six places, as every USDC amount is shown. */
export function formatUsdc(amount: MicroUsdc): string {
  const digits = amount.toString().padStart(7, '0');
  return `${digits.slice(0, -6)}.${digits.slice(-6)}`;
}
