/** UTC days by arithmetic alone, against the calendar that everyone has. */

import fc from 'fast-check';
import { addDays, dayOf, daysBetween, dayStart } from './day.js';
import { DAY } from './time.js';

const YEAR_1 = Date.UTC(2001, 0, 1) - 2_000 * 365 * DAY;
const YEAR_9999 = Date.UTC(9999, 11, 31);
const instants = fc.integer({ min: YEAR_1, max: YEAR_9999 });

describe('a day', () => {
  it('is the one that the calendar names', () => {
    fc.assert(fc.property(instants, (at) => expect(dayOf(at)).toBe(new Date(at).toISOString().slice(0, 10))));
  });

  it('starts at midnight and holds every instant until the next', () => {
    fc.assert(
      fc.property(instants, (at) => {
        const start = dayStart(dayOf(at));
        expect(start % DAY === 0 && start <= at && at - start < DAY).toBe(true);
        expect([dayOf(start), dayOf(start + DAY - 1)]).toEqual([dayOf(at), dayOf(at)]);
      }),
    );
  });

  it.each([
    ['2024-02-28', 1, '2024-02-29'],
    ['2026-02-28', 1, '2026-03-01'],
    ['2100-02-28', 1, '2100-03-01'],
    ['2000-02-28', 1, '2000-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-11-25', -30, '2026-10-26'],
    ['1970-01-01', 0, '1970-01-01'],
  ])('%s and %i more is %s', (day, more, then) => {
    expect(addDays(day, more)).toBe(then);
    expect(daysBetween(day, then)).toBe(more);
  });

  it.each([
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-04-31',
    '2026-4-1',
    '',
    'today',
    '2026-11-25T00:00',
    '2026-11-00',
  ])('is not %j', (text) => expect(() => dayStart(text)).toThrow(RangeError));
});
