/** No double billing: whatever arrives at the meter, in whatever order and however often, each minute counts once at most. */

import * as a from '@tokenos/testing/generators/sample-commands';
import { placed, received, requested, started, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import fc from 'fast-check';
import { fold } from '../decider.js';
import { rentalDecider } from '../rental/decider.js';
import { runOf } from '../rental/state.js';
import { minutesServed } from '../rental/usage.js';
import { MINUTE } from '../time.js';

const running = fold(rentalDecider, [requested, received(), placed(), started()]);

const bits = (maxLength: number) => fc.array(fc.constantFrom('0', '1'), { maxLength });

const messages = fc.array(
  fc.record({
    first: fc.oneof({ weight: 6, arbitrary: fc.integer({ min: -1, max: 6 }) }, fc.integer({ min: 0, max: 61 })),
    bits: fc.oneof({ weight: 6, arbitrary: bits(3) }, bits(62)),
    after: fc.integer({ min: -1, max: 70 }),
    attempt: fc.constantFrom(1, 1, 1, 1, 2),
  }),
  { minLength: 1, maxLength: 40 },
);

describe('the meter', () => {
  it('counts a minute once at most, whatever the order and the duplicates', () => {
    const twiceAndShuffled = messages.chain((once) => {
      const twice = [...once, ...once];
      return fc.shuffledSubarray(twice, { minLength: twice.length });
    });
    fc.assert(
      fc.property(twiceAndShuffled, (delivered) => {
        const served = new Map<number, number>();
        let state = running;
        for (const { first, bits: sent, after, attempt } of delivered) {
          const at = STARTED_AT + after * MINUTE;
          const outcome = rentalDecider.decide(state, a.meter(first, sent.join(''), at, attempt));
          if (outcome.kind !== 'accepted') continue;
          sent.forEach((bit, index) => served.set(first + index, (served.get(first + index) ?? 0) + Number(bit)));
          for (const fact of outcome.facts) state = rentalDecider.evolve(state, fact);
          expect(first + sent.length).toBeLessThanOrEqual(Math.min(after, 60));
        }
        for (const [minute, times] of served) {
          expect(times).toBeLessThanOrEqual(1);
          expect(minute).toBeGreaterThanOrEqual(0);
        }
        const run = runOf(state);
        const counted = [...served.values()].reduce((total, times) => total + times, 0);
        expect(run === null ? 0 : minutesServed(run)).toBe(counted);
      }),
    );
  });

  it('fed minute by minute or hour by hour bills the same', () => {
    const served = fc.array(fc.constantFrom('0', '1'), { minLength: 60, maxLength: 60 });
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(served, cuts, (minutes, lengths) => {
        let state = running;
        let from = 0;
        for (const length of lengths) {
          const bitmap = minutes.slice(from, from + length).join('');
          const outcome = rentalDecider.decide(state, a.meter(from, bitmap));
          if (outcome.kind !== 'accepted') break;
          for (const fact of outcome.facts) state = rentalDecider.evolve(state, fact);
          from += bitmap.length;
        }
        const run = runOf(state);
        expect(run === null ? -1 : minutesServed(run)).toBe(minutes.filter((bit) => bit === '1').length);
      }),
    );
  });
});
