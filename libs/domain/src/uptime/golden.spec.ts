/** The day of a machine, against figures counted outside the code. */

import { golden } from '@tokenos/testing/generators/golden';
import { dayStart } from '../day.js';
import { uptimeOf } from './uptime.js';

/** Minutes of the day: from (included) to (not included). */
type Range = readonly [from: number, to: number];

const { day, midnight, cases } = golden('domain/golden/uptime.json') as {
  readonly day: string;
  readonly midnight: number;
  readonly cases: readonly {
    readonly what: string;
    readonly fromMs: number;
    readonly untilMs: number | null;
    readonly heard: readonly Range[];
    readonly anyHeard: readonly Range[];
    readonly expectedMinutes: number;
    readonly servedMinutes: number;
    readonly platformFaultMinutes: number;
  }[];
};

const minutes = (ranges: readonly Range[]): ReadonlySet<number> =>
  new Set(ranges.flatMap(([from, to]) => Array.from({ length: to - from }, (_, n) => from + n)));

it.each(cases)('the day of a machine: $what', ({ fromMs, untilMs, heard, anyHeard, ...vector }) => {
  expect(dayStart(day)).toBe(midnight);
  const until = untilMs === null ? Infinity : midnight + untilMs;
  const service = { from: midnight + fromMs, until, away: [] };
  const uptime = uptimeOf(day, service, { there: minutes(heard), listening: minutes(anyHeard) });
  expect(uptime).toMatchObject({
    expectedMinutes: vector.expectedMinutes,
    servedMinutes: vector.servedMinutes,
    platformFaultMinutes: vector.platformFaultMinutes,
  });
});
