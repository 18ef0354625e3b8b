/** One score per operator and day, whatever happens to the service in between. */

import { addDays, type Day, dayStart } from '@tokenos/domain/day';
import { reputation } from '@tokenos/domain/reputation/reputation';
import { HOUR, MINUTE } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  meterClosed,
  metered,
  placed,
  received,
  requested,
  started,
} from '@tokenos/testing/generators/sample-facts';
import type { Parts } from '../parts.js';
import { smallWorld, type SmallWorld } from '../testing/small-world.js';

const FIRST: Day = '2026-11-20';
const at = (days: number, time: number): number => dayStart(addDays(FIRST, days)) + time;
const OP = 'op-a';
const NODE = uuid('c', 1);

const rental = (n: number) => uuid('a', n);

/** A rental of two minutes, stopped by its buyer, and rated. */
async function job(world: SmallWorld, n: number, stars: number): Promise<void> {
  const at = world.clock.now();
  await world.tellRental(
    rental(n),
    requested,
    received(),
    placed(1, { operatorId: OP }),
    started(),
    metered(0, '11'),
    ended('buyer_stopped', at),
    meterClosed(1, 2),
    { type: 'RentalRated', data: { stars, ratedAt: at } },
  );
}

/** The world's own course, the same whether or not reputation is there to see it: `work` at the end of each step. */
async function sixDays(world: SmallWorld, work: (day: number) => Promise<void>, days = 6): Promise<void> {
  world.clock.time = at(0, 10 * HOUR);
  await world.register(OP, NODE);
  await work(0);
  for (let day = 1; day <= days; day++) {
    world.clock.time = at(day, MINUTE);
    await world.uptimeOfYesterday(NODE, 1_440 - day);
    world.clock.time = at(day, 6 * MINUTE);
    await work(day);
    world.clock.time = at(day, 15 * HOUR);
    await job(world, day, 1 + (day % 5));
    await work(day);
  }
  world.clock.time = at(days, 23 * HOUR);
  await work(days);
}

describe('the daily run', () => {
  it('scores each day once, five minutes into it, from what was on record', async () => {
    const world = smallWorld(at(0, 0));
    await sixDays(world, () => world.work());
    const scores = await world.scores(OP);
    expect(scores.map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6].map((days) => addDays(FIRST, days)));
    expect(scores.map(({ inputs }) => inputs.ageDays)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(scores.map(({ inputs }) => inputs.jobs.completed)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(scores.at(-1)?.inputs).toMatchObject({
      uptime: [{ servedMinutes: 1_439 }, {}, {}, {}, {}, { day: '2026-11-25', servedMinutes: 1_434 }],
      ratings: [1, 2, 3, 4, 5].map((stars) => ({ stars, ratings: 1, weight: 2 })),
    });
    for (const { inputs, scoreBps, tier, provisional } of scores) {
      expect(reputation(inputs)).toEqual({ scoreBps, tier, provisional });
    }
    const stored = await world.store.read(`operator-${OP}`);
    expect(stored.slice(1).every(({ at: said }) => said.slice(11, 16) === '00:06')).toBe(true);
  });

  it('makes up for days it was away, one by one, each with the inputs it would have had then', async () => {
    const present = smallWorld(at(0, 0));
    await sixDays(present, () => present.work());
    const away = smallWorld(at(0, 0));
    await sixDays(away, async (day) => (day >= 2 && day <= 5 ? undefined : away.work()));
    expect(await away.scores(OP)).toEqual(await present.scores(OP));
    expect(await away.scores(OP)).toHaveLength(6);
  });

  it('away from the first day on, makes up for all of them', async () => {
    const present = smallWorld(at(0, 0));
    await sixDays(present, () => present.work());
    const late = smallWorld(at(0, 0));
    await sixDays(late, async () => undefined);
    expect(await late.scores(OP)).toEqual([]);
    await late.work();
    expect(await late.scores(OP)).toEqual(await present.scores(OP));
  });

  it('does nothing before it is due, nor twice, nor for an operator nobody has met', async () => {
    const world = smallWorld(at(0, 0));
    await world.register(OP, NODE);
    world.clock.time = at(1, 4 * MINUTE);
    await world.work();
    expect(await world.scores(OP)).toEqual([]);
    world.clock.time = at(1, 5 * MINUTE);
    await world.work();
    await world.work();
    expect(await world.scores(OP)).toHaveLength(1);
  });

  it('by two processes at once scores each day once', async () => {
    const world = smallWorld(at(0, 0));
    await sixDays(world, async () => undefined);
    await Promise.all([world.work(), world.work()]);
    await world.work();
    expect((await world.scores(OP)).map(({ day }) => day)).toEqual([1, 2, 3, 4, 5, 6].map((n) => addDays(FIRST, n)));
  });
});

class Killed extends Error {}

/** Dies before or after its nth step: every touch of records, store and view is one. */
function dyingAfter(steps: number, { records, act, read, clock, catchUp }: Parts): Parts {
  let left = steps;
  const step =
    <Given extends unknown[], Gives>(work: (...given: Given) => Promise<Gives>) =>
    async (...given: Given): Promise<Gives> => {
      if (left-- <= 0) throw new Killed();
      const gives = await work(...given);
      if (left-- <= 0) throw new Killed();
      return gives;
    };
  const guarded = Object.fromEntries(
    Object.entries(records).map(([name, work]) => [name, step(work as (...given: unknown[]) => Promise<unknown>)]),
  ) as unknown as Parts['records'];
  const handle: Parts['act']['handle'] = (...given) => step(() => act.handle(...given))();
  return { records: guarded, act: { handle }, read: step(read), clock, catchUp };
}

describe('the daily run, killed', () => {
  it('between any two steps neither doubles nor skips a day', async () => {
    const undisturbed = smallWorld(at(0, 0));
    await sixDays(undisturbed, () => undisturbed.work(), 3);
    const expected = await undisturbed.scores(OP);
    let deaths = 0;
    for (let steps = 0; ; steps++) {
      const world = smallWorld(at(0, 0));
      await sixDays(world, async () => undefined, 3);
      const died = await world.work(dyingAfter(steps, world.parts)).then(
        () => false,
        (error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
          return true;
        },
      );
      await world.work();
      expect(await world.scores(OP)).toEqual(expected);
      if (!died) break;
      deaths += 1;
    }
    expect(deaths).toBeGreaterThan(30);
  });
});
