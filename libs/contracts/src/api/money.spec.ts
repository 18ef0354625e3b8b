import { usdc } from '@tokenos/domain/money';
import { z } from 'zod';
import { amounts, both, parseUsdc, usdcInput } from './money.js';

describe('money at the door', () => {
  it.each([
    ['5.84', 5_840_000n],
    ['5', 5_000_000n],
    ['0.000001', 1n],
    ['123456789.123456', 123_456_789_123_456n],
  ])('%s is %s micro-USDC', (text, micro) => {
    expect(usdcInput.safeParse(text).success).toBe(true);
    expect(parseUsdc(text)).toBe(micro);
  });

  it.each(['', '-1', '+1', '1e3', '.5', '5.', '1.0000001', '1,5', ' 1', '0x10', '1234567890'])('%p is none', (text) => {
    expect(usdcInput.safeParse(text).success).toBe(false);
  });

  it('is shown both ways, in the fields that the schema names', () => {
    const shown = both('price', usdc(1n));
    expect(shown).toEqual({ price: '0.000001', priceMicroUsdc: '1' });
    expect(z.strictObject(amounts('price')).parse(shown)).toEqual(shown);
    expect(z.strictObject(amounts('price', 'fee')).safeParse(shown).success).toBe(false);
  });
});
