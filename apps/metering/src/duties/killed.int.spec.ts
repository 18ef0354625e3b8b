/** The meter killed: each minute becomes a fact once, wherever the process dies. */

import { rentalStream } from '@tokenos/contracts/facts/streams';
import { SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { ended, meterClosed, RENTAL } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Parts } from '../parts.js';
import { dutyOf, LIFE, minute, type MeterBench, openMeterBench } from '../testing/meter-bench.js';
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

  it('between any two steps writes the rest exactly once all the same', async () => {
    m.clock.time = minute(62) + SECOND;
    /** A rental like the others, whose meter is killed once, after that many steps, and then left alone. */
    async function survives(steps: number): Promise<'killed' | 'done'> {
      const id = uuid('a', 100 + steps);
      await m.bench.tell(rentalStream, id, ...LIFE, ended('buyer_stopped', m.clock.now()));
      await m.serve(0, 2, id);
      await m.serve(60, 62, id);
      const outcome = await m.run(dyingAfter(steps), id).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Killed);
        return 'killed' as const;
      });
      expect(await m.run(m.parts, id)).toBe('done');
      expect((await m.facts(id)).slice(5)).toEqual([
        { type: 'UsageMetered', data: expect.objectContaining({ firstMinute: 0, bitmap: `11${'0'.repeat(58)}` }) },
        { type: 'UsageMetered', data: expect.objectContaining({ firstMinute: 60, bitmap: '11' }) },
        meterClosed(61, 4),
      ]);
      const kept = new Set((await m.proofs()).map(({ sha256 }) => sha256));
      for (const { evidenceSha256 } of await m.metered(id)) expect(kept).toContain(evidenceSha256);
      expect(await m.evidenceLeft()).toBe(0);
      return outcome === 'killed' ? 'killed' : 'done';
    }
    let deaths = 0;
    while ((await survives(deaths + 1)) === 'killed') deaths += 1;
    // Two blocks of load, bus, prune, read, keep and append; load and close; load, forget and drop what is old.
    expect(deaths).toBe(2 * 6 + 2 + 3);
  }, 20_000);

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
