/** Where minutes begin and end, and what evidence makes one served. */

import { golden } from '@tokenos/testing/generators/golden';
import { isBitmap, isServed, minuteAt, minuteEnd, minuteStart, servedIn, wholeMinutes } from './minutes.js';

interface Vectors {
  readonly wholeMinutes: readonly {
    readonly what: string;
    readonly afterStartMs: number;
    readonly wholeMinutes: number;
  }[];
  readonly probes: readonly {
    readonly what: string;
    readonly probeAfterMinuteEndMs: number;
    readonly probeSucceeded: boolean;
    readonly served: boolean;
  }[];
}
const vectors = golden('domain/golden/minutes.json') as Vectors;
const STARTED_AT = 1_795_424_430_123;

describe('minutes', () => {
  it.each(vectors.wholeMinutes)('number $wholeMinutes $what', (vector) => {
    expect(wholeMinutes(STARTED_AT, STARTED_AT + vector.afterStartMs)).toBe(vector.wholeMinutes);
  });

  it('touch without gap or overlap, and each instant lies in one', () => {
    expect(minuteEnd(STARTED_AT, 41)).toBe(minuteStart(STARTED_AT, 42));
    expect(minuteAt(STARTED_AT, minuteStart(STARTED_AT, 42))).toBe(42);
    expect(minuteAt(STARTED_AT, minuteStart(STARTED_AT, 42) - 1)).toBe(41);
  });

  it('are served by a probe that began at most 120 s before their end', () => {
    const endsAt = minuteEnd(STARTED_AT, 3);
    for (const { what, probeAfterMinuteEndMs, probeSucceeded, served } of vectors.probes) {
      const latestProbe = { beganAt: endsAt + probeAfterMinuteEndMs, succeeded: probeSucceeded };
      const verdict = isServed(endsAt, { heartbeat: true, latestProbe });
      expect({ what, served: verdict }).toEqual({ what, served });
    }
    expect(vectors.probes.length).toBeGreaterThan(0);
  });

  it.each([
    ['no heartbeat', { heartbeat: false }],
    ['no probe', { latestProbe: null }],
  ])('with %s are not charged', (_, missing) => {
    const evidence = { heartbeat: true, latestProbe: { beganAt: 0, succeeded: true } };
    expect(isServed(60_000, evidence)).toBe(true);
    expect(isServed(60_000, { ...evidence, ...missing })).toBe(false);
  });

  it('are written as ones and zeros, at most an hour of them', () => {
    expect(['1', '0', '01'.repeat(30)].map(isBitmap)).toEqual([true, true, true]);
    expect(['', '1'.repeat(61), 'x', '1\n', ' 1'].map(isBitmap)).toEqual([false, false, false, false, false]);
    expect(servedIn('10110')).toBe(3);
  });
});
