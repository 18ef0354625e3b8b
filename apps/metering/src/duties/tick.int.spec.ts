/** Ticks: what the buyer sees each minute, from facts and from evidence that is not a fact yet. */

import { tickSubject } from '@tokenos/contracts/subjects';
import { usdc } from '@tokenos/domain/money';
import { HOUR, SECOND } from '@tokenos/domain/time';
import { ended, placed, RENTAL } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { dutyOf, FAILOVER, iso, minute, type MeterBench, openMeterBench } from '../testing/meter-bench.js';
import { tick } from './tick.js';

const postgres = withPostgres();
const duty = dutyOf(RENTAL);

describe('a rental ticks', () => {
  let m: MeterBench;
  beforeEach(async () => {
    m = await openMeterBench(await postgres.freshDatabase());
  });
  afterEach(() => m.bench.close());

  /** H100 at 5.84 USDC an hour: floor(5840000 x served / 60). */
  const cost = (served: number): string => ((5_840_000n * BigInt(served)) / 60n).toString();

  it('once a minute, with what was served so far and what it costs', async () => {
    await m.serve(0, 3);
    await m.serve(4, 5);
    for (const [index, served] of [1, 2, 3, 3, 4].entries()) {
      m.clock.time = minute(index + 1) + 40;
      expect(await tick(m.parts, duty)).toEqual({ again: minute(index + 2) });
      expect(m.published.at(-1)).toEqual({
        subject: tickSubject(RENTAL),
        value: {
          ...{ rentalId: RENTAL, minute: index + 1, minutesServed: served, costMicroUsdc: cost(served) },
          ...{ burnMicroUsdcPerHour: '5840000', at: iso(m.clock.now()) },
        },
      });
    }
  });

  it('on across the hour, where earlier minutes are facts already', async () => {
    await m.serve(0, 61);
    m.clock.time = minute(60);
    await m.run();
    m.clock.time = minute(61);
    await tick(m.parts, duty);
    expect(m.published.at(-1)?.value).toMatchObject({ minute: 61, minutesServed: 61, costMicroUsdc: cost(61) });
  });

  it('on while its machine is lost, and counts on when its buyer is back on another, at that one’s rate', async () => {
    await m.serve(0, 70);
    await m.serve(70, 80, RENTAL, 2);
    const [lost, ...moved] = FAILOVER;
    m.clock.time = minute(70) + 30 * SECOND;
    await m.tell(lost!);
    m.clock.time = minute(71);
    await tick(m.parts, duty);
    const still = { minute: 71, minutesServed: 70, costMicroUsdc: cost(70), burnMicroUsdcPerHour: '0' };
    expect(m.published.at(-1)?.value).toMatchObject(still);
    m.clock.time = minute(77) + 40;
    const dearer = moved.map((fact) =>
      fact.type === 'RentalPlaced' ? placed(2, { rateMicroUsdcPerHour: usdc(6_000_000n) }) : fact,
    );
    await m.tell(...dearer);
    expect(await tick(m.parts, duty)).toEqual({ again: minute(78) });
    expect(m.published.at(-1)?.value).toMatchObject({
      ...{ minute: 77, minutesServed: 71, burnMicroUsdcPerHour: '6000000' },
      costMicroUsdc: (BigInt(cost(70)) + 100_000n).toString(),
    });
  });

  it('no further than the term, and not after the end', async () => {
    m.clock.time = minute(150);
    expect(await tick(m.parts, duty)).toBe('done');
    expect(m.published.at(-1)?.value).toMatchObject({ minute: 150 });
    await m.tell(ended('term_elapsed', minute(150)));
    m.clock.time += HOUR;
    expect(await tick(m.parts, duty)).toBe('done');
    expect(m.published).toHaveLength(1);
  });
});
