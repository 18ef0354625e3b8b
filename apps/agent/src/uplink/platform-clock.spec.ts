import { scaledClock, systemClock } from '@tokenos/runtime/clock';
import { platformClock } from './platform-clock.js';

describe("the platform's clock on a machine", () => {
  it('is the machine’s own until the platform has spoken', () => {
    expect(
      platformClock(
        systemClock(() => 1_000),
        0,
      ).now(),
    ).toBe(1_000);
  });

  it('follows the platform from then on, however wrong the machine is', () => {
    let wall = 1_000;
    const clock = platformClock(
      systemClock(() => wall),
      0,
    );
    clock.tell(3_601_000);
    wall += 250;
    expect(clock.now()).toBe(3_601_250);
    expect(clock.fromWall(1_100)).toBe(3_601_100);
    expect(clock.aheadMs).toBe(3_600_000);
  });

  it('starts from what was learnt before', () => {
    expect(
      platformClock(
        systemClock(() => 1_000),
        -400,
      ).now(),
    ).toBe(600);
  });

  it('leaves durations as they are', () => {
    const clock = platformClock(
      scaledClock({ factor: 6, originMs: 0 }, () => 0),
      99,
    );
    expect(clock.toWallDuration(60_000)).toBe(10_000);
  });
});
