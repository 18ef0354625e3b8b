/** The meter on a real Postgres: hours while it runs, the rest at the end, each minute once wherever the process dies. */

import type { Heartbeat } from '@tokenos/contracts/agent/protocol';
import type { ProbeResult } from '@tokenos/contracts/agent/probe';
import { sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { tickSubject } from '@tokenos/contracts/subjects';
import type { RentalFact, UsageMetered } from '@tokenos/domain/rental/facts';
import { DAY, HOUR, MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty } from '@tokenos/runtime/views/duty';
import { uuid } from '@tokenos/testing/generators/names';
import {
  ended,
  meterClosed,
  placed,
  received,
  RENTAL,
  requestedWith,
  STARTED_AT,
  T0,
} from '@tokenos/testing/generators/sample-facts';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { movableClock, openWorkbench, type Workbench } from '@tokenos/testing/service/workbench';
import { KEEP_EVIDENCE, writeEvidence } from '../evidence/ledger.js';
import type { Parts } from '../parts.js';
import { meteringService } from '../service.js';
import type { MeteringTables } from '../view/tables.js';
import { meter } from './meter.js';
import { tick } from './tick.js';

const NODE = uuid('c', 1);
const dutyOf = (key: string): Duty => ({ kind: 'any', key, dueAt: 0, attempts: 0, payload: null });
const duty = dutyOf(RENTAL);
const minute = (index: number): Millis => STARTED_AT + index * MINUTE;
const iso = (at: Millis): string => new Date(at).toISOString();

const heartbeat = (at: Millis, rentalId = RENTAL): Heartbeat => ({
  ...{ protocol: 1, nodeId: NODE, seq: at - T0, bootId: uuid('e', 1), sentAt: iso(at), signature: 'checked already' },
  gpus: [{ uuid: 'GPU-1', model: 'NVIDIA H100', healthy: true }],
  leases: [
    {
      ...{ rentalId, attempt: 1, revision: 4, state: 'ready', gpuUuids: ['GPU-1'] },
      ...{ sessions: 1, since: iso(STARTED_AT), detail: 'a NUL \u0000 among friends' },
    },
  ],
});
const probe = (at: Millis, succeeded: boolean, rentalId: string): ProbeResult => ({
  ...{ nodeId: NODE, rentalId, attempt: 1, beganAt: iso(at), succeeded },
  detail: null,
});

describe('the meter', () => {
  const postgres = withPostgres();
  const clock = movableClock(T0);
  let bench: Workbench<MeteringTables>;
  let parts: Parts;
  let published: { subject: string; value: unknown }[];
  let sequence = 0;

  const beat = (at: Millis, id = RENTAL) =>
    writeEvidence(bench.db, [id], { sequence: ++sequence, at }, { kind: 'heartbeat', message: heartbeat(at, id) });
  const probed = (at: Millis, succeeded = true, id = RENTAL) =>
    writeEvidence(bench.db, [id], { sequence: ++sequence, at }, { kind: 'probe', message: probe(at, succeeded, id) });
  /** Minutes [from, to) with all the evidence they need: a heartbeat each, and a probe every other minute. */
  async function serve(from: number, to: number, id = RENTAL): Promise<void> {
    for (let index = from; index < to; index++) {
      await beat(minute(index) + 5 * SECOND, id);
      if ((index - from) % 2 === 0) await probed(minute(index), true, id);
    }
  }
  const tell = (...facts: RentalFact[]) => bench.tell(rentalStream, RENTAL, ...facts);
  const facts = (id = RENTAL) => bench.factsOf(rentalStream, id);
  const metered = async (id = RENTAL): Promise<UsageMetered[]> =>
    (await facts(id)).flatMap((fact) => (fact.type === 'UsageMetered' ? [fact.data] : []));
  const proofs = () => bench.db.selectFrom('proofs').selectAll().orderBy('first_minute').execute();
  const evidenceLeft = async () => (await bench.db.selectFrom('evidence').select('at').execute()).length;
  /** As the worker does: again and again, until it is to wait or done. */
  async function run(with_: Parts = parts, id = RENTAL): Promise<Awaited<ReturnType<typeof meter>>> {
    for (let looks = 0; looks < 20; looks++) {
      const outcome = await meter(with_, dutyOf(id));
      if (outcome === 'done' || outcome.again > clock.now()) return outcome;
    }
    throw new Error('the meter does not come to rest');
  }

  beforeEach(async () => {
    clock.time = STARTED_AT;
    published = [];
    const { name, follows } = meteringService;
    bench = await openWorkbench<MeteringTables>(await postgres.freshDatabase(), { name, follows, clock });
    const { db, act } = bench;
    parts = {
      db,
      act,
      clock,
      caughtUp: async () => true,
      publish: (subject, value) => published.push({ subject, value }),
    };
    const startedFact: RentalFact = {
      type: 'RentalStarted',
      data: { attempt: 1, startedAt: STARTED_AT, endsAt: minute(150) },
    };
    await tell(requestedWith({ minutes: 150 }), received(), placed(), startedFact);
  });
  afterEach(() => bench.close());

  it('says nothing before a full hour, and then the hour', async () => {
    await serve(0, 60);
    clock.time = minute(60) - 1;
    expect(await run()).toEqual({ again: minute(60) + MINUTE - 1 });
    expect(await metered()).toEqual([]);
    clock.time = minute(60);
    expect(await run()).toEqual({ again: minute(120) });
    expect(await metered()).toEqual([
      { firstMinute: 0, bitmap: '1'.repeat(60), attempt: 1, evidenceSha256: expect.any(String) },
    ]);
  });

  it('keeps, to the byte, what each fact stands on', async () => {
    await serve(0, 60);
    clock.time = minute(60);
    await run();
    const [usage] = await metered();
    const [proof] = await proofs();
    expect(proof).toMatchObject({ rental_id: RENTAL, first_minute: 0, sha256: usage?.evidenceSha256 });
    expect(sha256Hex(proof?.body ?? '')).toBe(usage?.evidenceSha256);
    const { minutes } = JSON.parse(proof?.body ?? '{}') as { minutes: { heartbeat: { message: Heartbeat } }[] };
    expect(minutes).toHaveLength(60);
    expect(minutes[7]?.heartbeat.message).toEqual(heartbeat(minute(7) + 5 * SECOND));
    expect(proof?.kept_until).toBe(BigInt(clock.now() + KEEP_EVIDENCE));
  });

  it('waits, and bills nothing as missing, while telemetry is still being written down', async () => {
    clock.time = minute(60);
    expect(await meter({ ...parts, caughtUp: async () => false }, duty)).toEqual({ again: clock.now() + SECOND });
    expect(await metered()).toEqual([]);
  });

  it('leaves out what has no evidence', async () => {
    await serve(0, 10);
    await serve(20, 30);
    await probed(minute(25) + SECOND, false);
    clock.time = minute(60);
    await run();
    expect((await metered())[0]?.bitmap).toBe(
      `${'1'.repeat(10)}${'0'.repeat(10)}${'1'.repeat(5)}0${'1'.repeat(4)}${'0'.repeat(30)}`,
    );
  });

  it('forgets behind itself, but nothing that a later minute needs', async () => {
    await serve(0, 58);
    await beat(minute(58));
    await beat(minute(59));
    await probed(minute(60) - SECOND);
    await beat(minute(60));
    await beat(minute(61));
    clock.time = minute(60);
    await run();
    clock.time = minute(120);
    await run();
    // Minute 60 is served by the probe of the hour before it; minute 61 ends 121 s after it.
    expect((await metered())[1]?.bitmap).toBe(`1${'0'.repeat(59)}`);
    const { at } = await bench.db.selectFrom('evidence').select('at').orderBy('at').executeTakeFirstOrThrow();
    expect(Number(at)).toBeGreaterThanOrEqual(minute(58));
  });

  it('closes after the end: the rest in blocks of at most an hour, then the last word, then nothing', async () => {
    await serve(0, 130);
    clock.time = minute(130) + 30 * SECOND;
    await tell(ended('buyer_stopped', clock.now()));
    expect(await run()).toBe('done');
    expect((await metered()).map(({ firstMinute, bitmap }) => [firstMinute, bitmap.length])).toEqual([
      [0, 60],
      [60, 60],
      [120, 10],
    ]);
    expect((await facts()).at(-1)).toEqual(meterClosed(129, 130));
    expect(await evidenceLeft()).toBe(0);
    expect(await proofs()).toHaveLength(3);
    const count = (await facts()).length;
    expect(await run()).toBe('done');
    expect(await facts()).toHaveLength(count);
  });

  it('closes a rental that never completed a minute, and leaves one that never started alone', async () => {
    clock.time = STARTED_AT + 30 * SECOND;
    await tell(ended('buyer_stopped', clock.now()));
    expect(await run()).toBe('done');
    expect((await facts()).slice(-1)).toEqual([meterClosed(-1, 0)]);
    expect(await meter(parts, { ...duty, key: uuid('a', 9) })).toBe('done');
  });

  it('does not spin while a rental runs beyond its term because nobody has ended it', async () => {
    await serve(0, 150);
    clock.time = minute(300);
    expect(await run()).toEqual({ again: clock.now() + MINUTE });
    expect((await metered()).map(({ bitmap }) => bitmap.length)).toEqual([60, 60]);
  });

  it('forgets no evidence where it is refused', async () => {
    await serve(0, 10);
    clock.time = minute(10);
    await tell(ended('buyer_stopped', clock.now()));
    const refusing: Parts['act'] = {
      ...parts.act,
      handle: (kind, id, command) => parts.act.handle(kind, uuid('a', 9), command),
    };
    await expect(run({ ...parts, act: refusing })).rejects.toThrow('rental_absent');
    expect(await evidenceLeft()).toBeGreaterThan(10);
    expect(await run()).toBe('done');
    expect((await facts()).at(-1)).toEqual(meterClosed(9, 10));
  });

  it('drops what is 90 days old, whosever it is, when it closes', async () => {
    await beat(STARTED_AT - 91 * DAY, uuid('a', 9));
    await beat(STARTED_AT - 89 * DAY, uuid('a', 9));
    const old = { sha256: 'old', rental_id: uuid('a', 9), first_minute: 0, body: '', kept_until: BigInt(STARTED_AT) };
    await bench.db.insertInto('proofs').values(old).execute();
    clock.time = STARTED_AT + SECOND;
    await tell(ended('buyer_stopped', clock.now()));
    await run();
    expect(await evidenceLeft()).toBe(1);
    expect(await proofs()).toEqual([]);
  });

  describe('killed', () => {
    class Killed extends Error {}

    /** Dies after its nth step: every touch of the database, the store and the bus is one. */
    function dyingAfter(steps: number): Parts {
      let left = steps;
      const live = async <T>(work: () => Promise<T>): Promise<T> => {
        if (left === 0) throw new Killed();
        left -= 1;
        const done = await work();
        if (left === 0) throw new Killed();
        return done;
      };
      const guarded = ['selectFrom', 'insertInto', 'deleteFrom'];
      const db = new Proxy(parts.db, {
        get(target, name) {
          if (guarded.includes(String(name))) {
            if (left === 0) throw new Killed();
            left -= 1;
          }
          const value: unknown = Reflect.get(target, name);
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const act: Parts['act'] = {
        load: (kind, id) => live(() => parts.act.load(kind, id)),
        handle: (kind, id, command) => live(() => parts.act.handle(kind, id, command)),
      };
      return { ...parts, db, act, caughtUp: () => live(async () => true) };
    }

    it('between any two steps writes the rest exactly once all the same', async () => {
      clock.time = minute(62) + SECOND;
      const served = { startedAt: STARTED_AT, endsAt: minute(150), attempt: 1 };
      /** A rental like the others, whose meter is killed once, after that many steps, and then left alone. */
      async function survives(steps: number): Promise<'killed' | 'done'> {
        const id = uuid('a', 100 + steps);
        const life = [
          requestedWith({ minutes: 150 }),
          received(),
          placed(),
          { type: 'RentalStarted', data: served } as const,
        ];
        await bench.tell(rentalStream, id, ...life, ended('buyer_stopped', clock.now()));
        await serve(0, 2, id);
        await serve(60, 62, id);
        const outcome = await run(dyingAfter(steps), id).catch((error: unknown) => {
          expect(error).toBeInstanceOf(Killed);
          return 'killed' as const;
        });
        expect(await run(parts, id)).toBe('done');
        expect((await facts(id)).slice(5)).toEqual([
          { type: 'UsageMetered', data: expect.objectContaining({ firstMinute: 0, bitmap: `11${'0'.repeat(58)}` }) },
          { type: 'UsageMetered', data: expect.objectContaining({ firstMinute: 60, bitmap: '11' }) },
          meterClosed(61, 4),
        ]);
        const kept = new Set((await proofs()).map(({ sha256 }) => sha256));
        for (const { evidenceSha256 } of await metered(id)) expect(kept).toContain(evidenceSha256);
        expect(await evidenceLeft()).toBe(0);
        return outcome === 'killed' ? 'killed' : 'done';
      }
      let deaths = 0;
      while ((await survives(deaths + 1)) === 'killed') deaths += 1;
      // Two blocks of load, bus, prune, read, keep and append; load and close; load and forget. After the last step it is done.
      expect(deaths).toBe(2 * 6 + 2 + 3 - 1);
    }, 20_000);

    it('while another process judges the same minutes from other evidence, keeps the bytes of both', async () => {
      await serve(0, 60);
      clock.time = minute(60);
      // Slow: it has judged, and appends only after the other has judged one heartbeat more and appended.
      const slow: Parts['act'] = {
        ...parts.act,
        async handle(kind, id, command) {
          await beat(minute(0));
          await run();
          return parts.act.handle(kind, id, command);
        },
      };
      await meter({ ...parts, act: slow }, duty);
      const usages = await metered();
      expect(usages).toHaveLength(1);
      expect((await proofs()).map(({ sha256 }) => sha256)).toContain(usages[0]?.evidenceSha256);
      expect(await proofs()).toHaveLength(2);
    });
  });

  describe('ticks', () => {
    /** H100 at 5.84 USDC an hour: floor(5840000 x served / 60). */
    const cost = (served: number): string => ((5_840_000n * BigInt(served)) / 60n).toString();

    it('once a minute, with what was served so far and what it costs', async () => {
      await serve(0, 3);
      await serve(4, 5);
      for (const [index, served] of [1, 2, 3, 3, 4].entries()) {
        clock.time = minute(index + 1) + 40;
        expect(await tick(parts, duty)).toEqual({ again: minute(index + 2) });
        expect(published.at(-1)).toEqual({
          subject: tickSubject(RENTAL),
          value: {
            ...{ rentalId: RENTAL, minute: index + 1, minutesServed: served, costMicroUsdc: cost(served) },
            ...{ burnMicroUsdcPerHour: '5840000', at: iso(clock.now()) },
          },
        });
      }
    });

    it('on across the hour, where earlier minutes are facts already', async () => {
      await serve(0, 61);
      clock.time = minute(60);
      await run();
      clock.time = minute(61);
      await tick(parts, duty);
      expect(published.at(-1)?.value).toMatchObject({ minute: 61, minutesServed: 61, costMicroUsdc: cost(61) });
    });

    it('no further than the term, and not after the end', async () => {
      clock.time = minute(150);
      expect(await tick(parts, duty)).toBe('done');
      expect(published.at(-1)?.value).toMatchObject({ minute: 150 });
      await tell(ended('term_elapsed', minute(150)));
      clock.time += HOUR;
      expect(await tick(parts, duty)).toBe('done');
      expect(published).toHaveLength(1);
    });
  });
});
