import { seeded } from './seeded.js';
import { Timeline } from './timeline.js';

const timeline = (seed = 1, woven = false) => new Timeline({ startAt: 1_000, random: seeded(seed), woven });

describe('virtual time', () => {
  it('jumps from one thing that is due to the next, and to the end that was asked for', async () => {
    const time = timeline();
    const seen: number[] = [];
    time.after(90 * 24 * 3_600_000, () => void seen.push(time.now()));
    time.after(5, () => {
      seen.push(time.now());
      time.after(5, () => void seen.push(time.now()));
    });
    time.at(0, () => void seen.push(time.now()));
    await time.run(Number.MAX_SAFE_INTEGER);
    expect(seen).toEqual([1_000, 1_005, 1_010, 1_000 + 90 * 24 * 3_600_000]);
    expect(time.now()).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('orders what is due at one instant by the seed: the same each time, another for another seed', async () => {
    const orderOf = async (seed: number): Promise<string> => {
      const time = timeline(seed);
      const seen: string[] = [];
      for (const name of 'abcdefgh') time.after(1, () => void seen.push(name));
      await time.run(2_000);
      return seen.join('');
    };
    expect(await orderOf(1)).toBe(await orderOf(1));
    expect(new Set(await Promise.all([1, 2, 3, 4].map(orderOf))).size).toBeGreaterThan(1);
  });

  it.each([false, true])('lets all that a step set going come to rest before the next (woven: %s)', async (woven) => {
    const time = timeline(1, woven);
    const seen: string[] = [];
    time.after(1, async () => {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      seen.push('first, in the end');
    });
    time.after(2, () => void seen.push('second'));
    await time.run(2_000);
    expect(seen).toEqual(['first, in the end', 'second']);
  });

  it('knows when the next thing happens that is no mere repetition', async () => {
    const time = timeline();
    time.quietlyAt(1_010, () => undefined);
    expect(time.nextLoud()).toBe(Infinity);
    time.at(1_020, () => undefined);
    expect(time.nextLoud()).toBe(1_020);
    await time.run(1_015);
    expect([time.steps, time.now()]).toEqual([1, 1_015]);
  });
});
