import { scaledClock } from '@tokenos/runtime/clock';
import { askAgain } from './pace.js';

it('a pause for the chain is as long on the wall, however fast the clock runs, and a whole number', () => {
  const origin = 1_000_000;
  const clock = scaledClock({ factor: 7, originMs: origin }, () => origin);
  expect(askAgain(clock, 501)).toEqual({ again: origin + 7 * 501 });
  const third = { now: () => 0, fromWall: (ms: number) => ms, toWallDuration: (ms: number) => ms * 3 };
  expect(askAgain(third, 500)).toEqual({ again: 167 });
});
