/** The meter killed: each minute becomes a fact once, wherever the process dies. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { ended, meterClosed, RENTAL } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Parts } from '../parts.js';
import { dutyOf, FAILOVER, LIFE, minute, type MeterBench, openMeterBench } from '../testing/meter-bench.js';
import { meter } from './meter.js';

const postgres = withPostgres();
const duty = dutyOf(RENTAL);

describe('the meter, killed', () => {
  let m: MeterBench;
  beforeEach(async () => {
    m = await openMeterBench(await postgres.freshDatabase());
  });
  afterEach(() => m.bench.close());

  class Killed extends Error {}

  /** Dies after its nth step: every touch of the ledger, the store and the bus is one. */
  function dyingAfter(steps: number): Parts {
    let left = steps;
    const live = async <T>(work: () => Promise<T>): Promise<T> => {
      if (left === 0) throw new Killed();
      left -= 1;
      const done = await work();
      if (left === 0) throw new Killed();
      return done;
    };
    const ledger = new Proxy(m.parts.ledger, {
      get(target, name) {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...args: unknown[]) => live(async () => (await Reflect.apply(member, target, args)) as unknown);
      },
    });
    const act: Parts['act'] = {
      load: (kind, id) => live(() => m.parts.act.load(kind, id)),
      handle: (kind, id, command) => live(() => m.parts.act.handle(kind, id, command)),
    };
    return { ...m.parts, ledger, act, caughtUp: () => live(async () => true) };
  }

  /** Two blocks of minutes, and three where the rental moves to another machine in the middle of its second hour. */
  const stories = [
    {
      what: 'on one machine',
      end: minute(62) + SECOND,
      between: [] as readonly RentalFact[],
      serve: async (id: string) => {
        await m.serve(0, 2, id);
        await m.serve(60, 62, id);
      },
      usages: [
        { firstMinute: 0, bitmap: `11${'0'.repeat(58)}`, attempt: 1 },
        { firstMinute: 60, bitmap: '11', attempt: 1 },
      ],
      closed: meterClosed(61, 4),
    },
    {
      what: 'moved to another machine',
      end: minute(78) + SECOND,
      between: FAILOVER,
      serve: async (id: string) => {
        await m.serve(68, 71, id);
        await m.serve(71, 78, id, 2);
      },
      usages: [
        { firstMinute: 0, bitmap: '0'.repeat(60), attempt: 1 },
        { firstMinute: 60, bitmap: '00000000110', attempt: 1 },
        { firstMinute: 71, bitmap: '0000011', attempt: 2 },
      ],
      closed: meterClosed(77, 4),
    },
  ];

  it.each(stories)(
    'between any two steps writes the rest exactly once all the same: $what',
    async (story) => {
      m.clock.time = story.end;
      const life = [...LIFE, ...story.between, ended('buyer_stopped', m.clock.now())];
      /** A rental like the others, whose meter is killed once, after that many steps, and then left alone. */
      async function survives(steps: number): Promise<'killed' | 'done'> {
        const id = uuid('a', 100 + steps);
        await m.bench.tell(rentalStream, id, ...life);
        await story.serve(id);
        const outcome = await m.run(dyingAfter(steps), id).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
          return 'killed' as const;
        });
        expect(await m.run(m.parts, id)).toBe('done');
        expect((await m.facts(id)).slice(life.length)).toEqual([
          ...story.usages.map((usage) => ({ type: 'UsageMetered', data: expect.objectContaining(usage) as unknown })),
          story.closed,
        ]);
        const kept = new Set((await m.proofs()).map(({ sha256 }) => sha256));
        for (const { evidenceSha256 } of await m.metered(id)) expect(kept).toContain(evidenceSha256);
        expect(await m.evidenceLeft()).toBe(0);
        return outcome === 'killed' ? 'killed' : 'done';
      }
      let deaths = 0;
      while ((await survives(deaths + 1)) === 'killed') deaths += 1;
      // Blocks of load, bus, prune, read, keep and append; load and close; load, forget and drop what is old.
      expect(deaths).toBe(story.usages.length * 6 + 2 + 3);
    },
    30_000,
  );

  it('while another process judges the same minutes from other evidence, keeps the bytes of both', async () => {
    await m.serve(0, 60);
    m.clock.time = minute(60);
    // Slow: it has judged, and appends only after the other has judged one heartbeat more and appended.
    const slow: Parts['act'] = {
      ...m.parts.act,
      async handle(kind, id, command) {
        await m.beat(minute(0));
        await m.run();
        return m.parts.act.handle(kind, id, command);
      },
    };
    await meter({ ...m.parts, act: slow }, duty);
    const usages = await m.metered();
    expect(usages).toHaveLength(1);
    expect((await m.proofs()).map(({ sha256 }) => sha256)).toContain(usages[0]?.evidenceSha256);
    expect(await m.proofs()).toHaveLength(2);
  });
});
