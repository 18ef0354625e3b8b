/** Money at the public door: a decimal string of USDC with six places beside the integer micro-USDC, never a float. */

import { formatUsdc, usdc, type MicroUsdc } from '@tokenos/domain/money';
import { z } from 'zod';

export const usdcText = z
  .string()
  .regex(/^\d+\.\d{6}$/)
  .meta({ description: 'USDC, six decimal places', examples: ['5.840000'] });

export const microUsdcText = z
  .string()
  .regex(/^(0|[1-9]\d*)$/)
  .meta({ description: 'micro-USDC (1 USDC = 1000000)', examples: ['5840000'] });

/** What a person may type: up to six places. */
export const usdcInput = z
  .string()
  .regex(/^\d{1,9}(\.\d{1,6})?$/, 'expected USDC as a decimal string with at most six places')
  .meta({ description: 'USDC as a decimal string, at most six places', examples: ['5.84'] });

/** Takes what `usdcInput` lets through. "5.84" -> 5_840_000n */
export function parseUsdc(text: string): MicroUsdc {
  const [whole = '', fraction = ''] = text.split('.');
  return usdc(BigInt(whole + fraction.padEnd(6, '0')));
}

type Both<Name extends string, Value> = { readonly [Key in Name | `${Name}MicroUsdc`]: Value };

/** both('price', 5_840_000n) -> { price: '5.840000', priceMicroUsdc: '5840000' } */
export const both = <Name extends string>(name: Name, amount: MicroUsdc): Both<Name, string> =>
  ({ [name]: formatUsdc(amount), [`${name}MicroUsdc`]: amount.toString() }) as Both<Name, string>;

type AmountShape<Name extends string> = { [Key in Name]: typeof usdcText } & {
  [Key in `${Name}MicroUsdc`]: typeof microUsdcText;
};

/** The fields of a schema whose values `both` makes. */
export const amounts = <const Name extends string>(...names: readonly Name[]): AmountShape<Name> =>
  Object.fromEntries(
    names.flatMap((name) => [
      [name, usdcText],
      [`${name}MicroUsdc`, microUsdcText],
    ]),
  ) as AmountShape<Name>;
