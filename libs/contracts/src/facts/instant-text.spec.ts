import fc from 'fast-check';
import { z } from 'zod';
import { millisOf } from './instant-text.js';

const spelled = z.iso.datetime({ precision: 3 });
const pad = (value: number, digits: number): string => value.toString().padStart(digits, '0');

describe('an instant read without a Date', () => {
  it('is what a Date reads, from the first year to the last', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.parse('0000-01-01T00:00:00.000Z'), max: Date.UTC(9999, 11, 31) }),
        (millis) => {
          expect(millisOf(new Date(millis).toISOString())).toBe(millis);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  it('is none exactly where the schema refuses it', () => {
    const part = fc.oneof({ weight: 3, arbitrary: fc.nat(30) }, fc.nat(99));
    const any = fc.tuple(fc.constantFrom(1900, 2000, 2023, 2024, 2100), fc.nat(14), part, part, part, part);
    fc.assert(
      fc.property(
        any,
        fc.constantFrom('.000Z', '.9Z', 'Z', '.0000Z', '+00:00', '.000z'),
        ([y, mo, d, h, mi, s], end) => {
          const text = `${pad(y, 4)}-${pad(mo, 2)}-${pad(d, 2)}T${pad(h, 2)}:${pad(mi, 2)}:${pad(s, 2)}${end}`;
          expect([text, Number.isNaN(millisOf(text))]).toEqual([text, !spelled.safeParse(text).success]);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
