import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { assertClockAgrees, clockGuard, ClockDisagrees } from './clock-guard.js';
import { scaledClock, systemClock } from './clock.js';
import { openDatabase } from './database/database.js';

const postgres = withPostgres();
let db: Kysely<unknown>;

beforeAll(async () => {
  db = openDatabase(await postgres.freshDatabase(), 'guarded');
});
afterAll(() => db.destroy());

const clockOff = (ms: number) => systemClock(() => Date.now() + ms);

describe('a clock beside its database', () => {
  it.each([0, 800, -800])('may be %d ms off', async (ms) => {
    await expect(assertClockAgrees(db, clockOff(ms))).resolves.toBeUndefined();
  });

  it.each([
    [1_500, 'ahead of'],
    [-1_500, 'behind'],
  ])('is refused when %d ms off', async (ms, word) => {
    await expect(assertClockAgrees(db, clockOff(ms))).rejects.toThrow(word);
  });

  it('is measured in wall time when it runs fast', async () => {
    const scale = { factor: 60, originMs: Date.now() - 60_000 };
    await expect(assertClockAgrees(db, scaledClock(scale))).resolves.toBeUndefined();
    await expect(
      assertClockAgrees(
        db,
        scaledClock(scale, () => Date.now() + 1_500),
      ),
    ).rejects.toThrow(ClockDisagrees);
  });

  it('is refused when it runs from another origin than the rest of the platform', async () => {
    const elsewhere = { ...scaledClock({ factor: 60, originMs: 0 }), now: () => Date.now() };
    await expect(assertClockAgrees(db, elsewhere)).rejects.toThrow(ClockDisagrees);
  });
});

describe('a clock guard', () => {
  it('asks the database once for many appends, and again when the answer is old', async () => {
    let now = 0;
    let reads = 0;
    const clock = systemClock(() => Date.now());
    const counting = { ...clock, fromWall: (ms: number) => (reads++, clock.fromWall(ms)) };
    const check = clockGuard(db, counting, { trustMs: 1000, monotonicMs: () => now });
    await Promise.all([check(), check(), check()]);
    now = 999;
    await check();
    expect(reads).toBe(1);
    now = 1000;
    await check();
    expect(reads).toBe(2);
  });

  it('refuses while the clock is wrong, and relents as soon as it is right', async () => {
    let off = 5_000;
    const check = clockGuard(
      db,
      systemClock(() => Date.now() + off),
    );
    await expect(check()).rejects.toThrow('ahead');
    await expect(check()).rejects.toThrow('ahead');
    off = 0;
    await expect(check()).resolves.toBeUndefined();
  });
});
