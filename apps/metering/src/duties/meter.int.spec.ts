/** The meter: hours while it runs, the rest at the end, from evidence that is kept to the byte. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { DAY, MINUTE, SECOND } from '@tokenos/domain/time';
import { uuid } from '@tokenos/testing/generators/names';
import { interrupted } from '@tokenos/testing/generators/sample-course';
import { ended, meterClosed, RENTAL, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { KEEP_EVIDENCE } from '../repositories/port.js';
import type { Parts } from '../parts.js';
import { dutyOf, FAILOVER, heartbeat, minute, type MeterBench, openMeterBench } from '../testing/meter-bench.js';
import { meter } from './meter.js';

const postgres = withPostgres();
const duty = dutyOf(RENTAL);

describe('the meter', () => {
  let m: MeterBench;
  beforeEach(async () => {
    m = await openMeterBench(await postgres.freshDatabase());
  });
  afterEach(() => m.bench.close());

  it('says nothing before a full hour, and then the hour', async () => {
    await m.serve(0, 60);
    m.clock.time = minute(60) - 1;
    expect(await m.run()).toEqual({ again: minute(60) + MINUTE - 1 });
    expect(await m.metered()).toEqual([]);
    m.clock.time = minute(60);
    expect(await m.run()).toEqual({ again: minute(120) });
    expect(await m.metered()).toEqual([
      { firstMinute: 0, bitmap: '1'.repeat(60), attempt: 1, evidenceSha256: expect.any(String) },
    ]);
  });

  it('keeps, to the byte, what each fact stands on', async () => {
    await m.serve(0, 60);
    m.clock.time = minute(60);
    await m.run();
    const [usage] = await m.metered();
    const [proof] = await m.proofs();
    expect(proof).toMatchObject({ rental_id: RENTAL, first_minute: 0, sha256: usage?.evidenceSha256 });
    expect(sha256Hex(proof?.body ?? '')).toBe(usage?.evidenceSha256);
    const { minutes } = JSON.parse(proof?.body ?? '{}') as { minutes: { heartbeat: { message: Heartbeat } }[] };
    expect(minutes).toHaveLength(60);
    expect(minutes[7]?.heartbeat.message).toEqual(heartbeat(minute(7) + 5 * SECOND));
    expect(proof?.kept_until).toBe(BigInt(m.clock.now() + KEEP_EVIDENCE));
  });

  it('waits, and bills nothing as missing, while telemetry is still being written down', async () => {
    m.clock.time = minute(60);
    expect(await meter({ ...m.parts, caughtUp: async () => false }, duty)).toEqual({ again: m.clock.now() + SECOND });
    expect(await m.metered()).toEqual([]);
  });

  it('leaves out what has no evidence', async () => {
    await m.serve(0, 10);
    await m.serve(20, 30);
    await m.probed(minute(25) + SECOND, false);
    m.clock.time = minute(60);
    await m.run();
    expect((await m.metered())[0]?.bitmap).toBe(
      `${'1'.repeat(10)}${'0'.repeat(10)}${'1'.repeat(5)}0${'1'.repeat(4)}${'0'.repeat(30)}`,
    );
  });

  it('forgets behind itself, but nothing that a later minute needs', async () => {
    await m.serve(0, 58);
    await m.beat(minute(58));
    await m.beat(minute(59));
    await m.probed(minute(60) - SECOND);
    await m.beat(minute(60));
    await m.beat(minute(61));
    m.clock.time = minute(60);
    await m.run();
    m.clock.time = minute(120);
    await m.run();
    // Minute 60 is served by the probe of the hour before it; minute 61 ends 121 s after it.
    expect((await m.metered())[1]?.bitmap).toBe(`1${'0'.repeat(59)}`);
    const { at } = await m.bench.db.selectFrom('evidence').select('at').orderBy('at').executeTakeFirstOrThrow();
    expect(Number(at)).toBeGreaterThanOrEqual(minute(58));
  });

  it('closes after the end: the rest in blocks of at most an hour, then the last word, then nothing', async () => {
    await m.serve(0, 130);
    m.clock.time = minute(130) + 30 * SECOND;
    await m.tell(ended('buyer_stopped', m.clock.now()));
    expect(await m.run()).toBe('done');
    expect((await m.metered()).map(({ firstMinute, bitmap }) => [firstMinute, bitmap.length])).toEqual([
      [0, 60],
      [60, 60],
      [120, 10],
    ]);
    expect((await m.facts()).at(-1)).toEqual(meterClosed(129, 130));
    expect(await m.evidenceLeft()).toBe(0);
    expect(await m.proofs()).toHaveLength(3);
    const count = (await m.facts()).length;
    expect(await m.run()).toBe('done');
    expect(await m.facts()).toHaveLength(count);
  });

  it('closes a rental that never completed a minute, and leaves one that never started alone', async () => {
    m.clock.time = STARTED_AT + 30 * SECOND;
    await m.tell(ended('buyer_stopped', m.clock.now()));
    expect(await m.run()).toBe('done');
    expect((await m.facts()).slice(-1)).toEqual([meterClosed(-1, 0)]);
    expect(await meter(m.parts, { ...duty, key: uuid('a', 9) })).toBe('done');
  });

  it('bills nothing from the loss of a machine until the buyer is back on another, and cuts its facts where they changed', async () => {
    await m.serve(0, 72);
    m.clock.time = minute(77);
    await m.tell(...FAILOVER);
    // The first machine says on and on that it is there; the second one was before its buyer came back.
    await m.serve(72, 77);
    await m.serve(70, 131, RENTAL, 2);
    m.clock.time = minute(120);
    expect(await m.run()).toEqual({ again: minute(131) });
    m.clock.time = minute(131);
    await m.run();
    const blocks = (await m.metered()).map(({ firstMinute, bitmap, attempt }) => [attempt, firstMinute, bitmap]);
    expect(blocks).toEqual([
      [1, 0, '1'.repeat(60)],
      [1, 60, `${'1'.repeat(10)}0`],
      [2, 71, `${'0'.repeat(5)}${'1'.repeat(55)}`],
    ]);
  });

  it('meters on while another machine is looked for, and finds nothing served', async () => {
    await m.serve(0, 130);
    m.clock.time = minute(71);
    await m.tell(interrupted(1, minute(70) + 20 * SECOND));
    m.clock.time = minute(120);
    await m.run();
    expect((await m.metered()).map(({ bitmap }) => bitmap)).toEqual([
      '1'.repeat(60),
      `${'1'.repeat(10)}${'0'.repeat(50)}`,
    ]);
    await m.tell(ended('node_failed', minute(125), 'operator'));
    m.clock.time = minute(125);
    expect(await m.run()).toBe('done');
    expect((await m.facts()).at(-1)).toEqual(meterClosed(124, 70));
  });

  it('does not spin while a rental runs beyond its term because nobody has ended it', async () => {
    await m.serve(0, 150);
    m.clock.time = minute(300);
    expect(await m.run()).toEqual({ again: m.clock.now() + MINUTE });
    expect((await m.metered()).map(({ bitmap }) => bitmap.length)).toEqual([60, 60]);
  });

  it('forgets no evidence where it is refused', async () => {
    await m.serve(0, 10);
    m.clock.time = minute(10);
    await m.tell(ended('buyer_stopped', m.clock.now()));
    const refusing: Parts['act'] = {
      ...m.parts.act,
      handle: (kind, id, command) => m.parts.act.handle(kind, uuid('a', 9), command),
    };
    await expect(m.run({ ...m.parts, act: refusing })).rejects.toThrow('rental_absent');
    expect(await m.evidenceLeft()).toBeGreaterThan(10);
    expect(await m.run()).toBe('done');
    expect((await m.facts()).at(-1)).toEqual(meterClosed(9, 10));
  });

  it('drops what is 90 days old, whosever it is, when it closes', async () => {
    await m.beat(STARTED_AT - 91 * DAY, uuid('a', 9));
    await m.beat(STARTED_AT - 89 * DAY, uuid('a', 9));
    const old = { sha256: 'old', rental_id: uuid('a', 9), first_minute: 0, body: '', kept_until: BigInt(STARTED_AT) };
    await m.bench.db.insertInto('proofs').values(old).execute();
    m.clock.time = STARTED_AT + SECOND;
    await m.tell(ended('buyer_stopped', m.clock.now()));
    await m.run();
    expect(await m.evidenceLeft()).toBe(1);
    expect(await m.proofs()).toEqual([]);
  });
});
