/** The platform's word on the time to the first login: a minute, or the first ten minutes are free. */

import fc from 'fast-check';
import { MINUTE, SECOND } from '../time.js';
import { FREE_MINUTES, freeMinutes } from './promise.js';

const paidAt = Date.parse('2026-11-23T09:00:20.000Z');
const after = (ms: number, maxWaitMs = MINUTE) => freeMinutes({ paidAt, startedAt: paidAt + ms, maxWaitMs });

describe('promise@1', () => {
  it('is kept by a login within a minute of the payment, to the millisecond', () => {
    expect(after(MINUTE)).toBe(0);
    expect(after(MINUTE + 1)).toBe(10);
    expect(FREE_MINUTES).toBe(10);
  });

  it('is given to nobody who accepted a longer wait, and to everyone who asked for a shorter one', () => {
    expect(after(5 * MINUTE, MINUTE + 1)).toBe(0);
    expect(after(2 * MINUTE, 30 * SECOND)).toBe(10);
  });

  it('is all or nothing', () => {
    fc.assert(
      fc.property(fc.nat(10 * MINUTE), fc.nat(10 * MINUTE), (ms, maxWaitMs) => {
        expect(after(ms, maxWaitMs)).toBe(ms > MINUTE && maxWaitMs <= MINUTE ? 10 : 0);
      }),
    );
  });
});
