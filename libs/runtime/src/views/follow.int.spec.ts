import { recordedSignals } from '@tokenos/testing/bus/signals';
import { eventually } from '@tokenos/testing/bus/eventually';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { type Kysely, sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { systemClock } from '../clock.js';
import { openDatabase } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import type { Envelope } from '../event-store/envelope.js';
import { memoryEventStore } from '../event-store/memory.js';
import { DutyQueue } from './duty-queue.js';
import { FactFollower } from './follow.js';
import { runtimeMigrations, type RuntimeTables } from './tables.js';
import type { Reactions, View } from './view.js';

type LogTables = { told: { position: number; stream: string; revision: number; word: string } };

/** Whether this version of the code knows what `poison` means. */
let poisonous = true;

/** Writes down each fact in the order it was applied. The word `poison` cannot be decoded, `outage` is never applied. */
const view: View<LogTables> = {
  migrations: {
    '001-told': {
      up: async (db) => {
        await sql`create table told (position serial, stream text, revision int, word text)`.execute(db);
      },
    },
  },
  tables: ['told'],
  async apply(tx, { stream, revision, data }) {
    const word = data as string;
    if (word === 'poison' && poisonous) z.never().parse(word);
    if (word === 'outage') throw new Error('out of order');
    await sql`insert into told (stream, revision, word) values (${stream}, ${revision}, ${word})`.execute(tx);
  },
};

const reactions: Reactions = ({ stream, data }) =>
  data === 'remind' ? [{ do: 'schedule', kind: 'remind', key: stream, dueAt: 1 }] : [];

describe('a follower of facts', () => {
  const postgres = withPostgres();
  let spec = 0;
  let db: Kysely<RuntimeTables>;
  let bench: ReturnType<typeof arrange>;

  function arrange(more: { everyMs?: number; graceMs?: number } = {}) {
    const store = memoryEventStore();
    const signals = recordedSignals();
    const queue = new DutyQueue(db);
    const follower = new FactFollower<LogTables>({
      db,
      store,
      view,
      reactions,
      categories: ['rental'],
      queue,
      clock: systemClock(),
      signals,
      ...more,
    });
    return { store, signals, queue, follower };
  }

  /** Appends as the next facts of a stream; nobody has heard of them yet. */
  async function append(stream: string, ...words: string[]): Promise<Envelope[]> {
    const made = envelopes(stream, (await bench.store.read(stream)).length - 1, ...words);
    await bench.store.append(stream, made[0]!.revision - 1, made);
    return made;
  }
  const told = async (stream?: string): Promise<string[]> => {
    const rows = await db.withTables<LogTables>().selectFrom('told').selectAll().orderBy('position').execute();
    return rows.filter((row) => stream === undefined || row.stream === stream).map(({ word }) => word);
  };

  beforeEach(async () => {
    poisonous = true;
    const schema = `spec_${++spec}`;
    db = openDatabase(postgres.server().url, schema);
    await migrate(db, schema, { ...runtimeMigrations, ...view.migrations });
    bench = arrange();
  });
  afterEach(async () => {
    await bench.follower.stop();
    await bench.store.close();
    await db.destroy();
  });

  it('applies a fact once, however often it comes', async () => {
    const [fact] = await append('rental-1', 'a');
    expect(await bench.follower.take(fact!, 'bus')).toBe('applied');
    expect(await bench.follower.take(fact!, 'bus')).toBe('skipped');
    expect(await told()).toEqual(['a']);
  });

  it('applies a fact once when it comes many times at the same moment', async () => {
    const facts = await append('rental-1', 'a', 'b', 'c');
    await Promise.all([...facts, ...facts, ...facts].reverse().map((fact) => bench.follower.take(fact, 'bus')));
    expect(await told()).toEqual(['a', 'b', 'c']);
  });

  it('takes back with a stream that fails what others were just writing, and writes that once', async () => {
    await append('rental-1', 'poison');
    await append('rental-2', 'a', 'b', 'c', 'd', 'e');
    await bench.follower.catchUp();
    expect(await told()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(bench.signals.snapshot()).toMatchObject({ stream_stuck: 1 });
  });

  it('tells a view which fact of its stream is the last in the transaction, and whoever waits how far it is', async () => {
    const lasts: string[] = [];
    const { apply } = view;
    const watched: typeof view = {
      ...view,
      apply: (tx, envelope, place) => {
        if (place.last) lasts.push(`${envelope.stream}@${envelope.revision}`);
        return apply(tx, envelope, place);
      },
    };
    for (const stream of ['rental-1', 'rental-2']) await append(stream, 'a', 'b', 'c');
    const { store, queue, signals } = bench;
    const parts = { db, store, queue, signals, view: watched, reactions, categories: ['rental'], clock: systemClock() };
    const reads: number[] = [];
    await new FactFollower<LogTables>(parts).catchUp((read) => reads.push(read));
    expect([lasts.sort(), reads]).toEqual([['rental-1@2', 'rental-2@2'], [6]]);
    expect(await told('rental-2')).toEqual(['a', 'b', 'c']);
  });

  it('loads what is missing before a fact that comes too early, and skips it when it comes late', async () => {
    const [a, b, c] = await append('rental-1', 'a', 'b', 'c');
    expect(await bench.follower.take(c!, 'bus')).toBe('applied');
    expect(await bench.follower.take(b!, 'bus')).toBe('skipped');
    expect(await bench.follower.take(a!, 'bus')).toBe('skipped');
    expect(await told()).toEqual(['a', 'b', 'c']);
    expect(bench.signals.snapshot()).toMatchObject({ gaps_filled: 1 });
  });

  it('refuses an own fact whose predecessors the store does not have', async () => {
    const [, orphan] = envelopes('rental-1', -1, 'a', 'b');
    await expect(bench.follower.take(orphan!, 'own')).rejects.toThrow(/no revision 0 of rental-1/);
    expect(await told()).toEqual([]);
  });

  it('believes no fact on the bus that the store does not have, and takes the real one at that revision', async () => {
    const [a] = await append('rental-1', 'a');
    await bench.follower.take(a!, 'bus');
    const [forged] = envelopes('rental-1', 0, 'forged');
    expect(await bench.follower.take(forged!, 'bus')).toBe('skipped');
    expect(await told()).toEqual(['a']);
    expect(bench.signals.alarms).toEqual(['fact_not_in_store']);
    const [real] = await append('rental-1', 'real');
    expect(await bench.follower.take(real!, 'bus')).toBe('applied');
    expect(await told()).toEqual(['a', 'real']);
    expect(bench.signals.alarms).toEqual(['fact_not_in_store']);
  });

  it('takes what the store has at a revision where the bus says something else, and alarms', async () => {
    await append('rental-1', 'real');
    const [forged] = envelopes('rental-1', -1, 'forged');
    expect(await bench.follower.take(forged!, 'bus')).toBe('applied');
    expect(await told()).toEqual(['real']);
    expect(bench.signals.alarms).toEqual(['fact_not_in_store']);
  });

  it('leaves streams of other categories alone', async () => {
    const [fact] = await append('node-1', 'a');
    expect(await bench.follower.take(fact!, 'bus')).toBe('skipped');
    await bench.follower.catchUp();
    expect(await told()).toEqual([]);
  });

  it('commits duties with the fact that makes them due, with what led to them, and wakes the worker', async () => {
    let woken = 0;
    bench.queue.onWake(() => (woken += 1));
    const [fact] = await append('rental-1', 'remind');
    await bench.follower.take(fact!, 'bus');
    expect(await db.selectFrom('duties').selectAll().execute()).toEqual([
      expect.objectContaining({ kind: 'remind', key: 'rental-1', due_at: 1n, causation_id: fact!.id }),
    ]);
    expect(woken).toBe(1);
  });

  it('keeps neither fact nor duty when the view cannot take the fact', async () => {
    const facts = await append('rental-1', 'remind', 'outage');
    await expect(bench.follower.take(facts[1]!, 'bus')).rejects.toThrow('out of order');
    expect(await told()).toEqual([]);
    expect(await db.selectFrom('duties').selectAll().execute()).toEqual([]);
  });

  it('calls a fact undecodable that the view cannot decode', async () => {
    const [fact] = await append('rental-1', 'poison');
    await expect(bench.follower.take(fact!, 'bus')).rejects.toMatchObject({ name: 'Undecodable' });
  });

  it('catches up with everything in the store before it says ready, and calls none of it a rescue', async () => {
    for (let n = 0; n < 700; n++) await append(`rental-${n % 7}`, `word ${n}`);
    await bench.follower.catchUp();
    expect(await told()).toHaveLength(700);
    const { rows } = await sql<{ n: number }>`select count(distinct xmin::text)::int as n from told`.execute(db);
    // One transaction per batch: a commit for each fact would take most of the time.
    expect(rows[0]!.n).toBeLessThanOrEqual(2);
    expect(bench.signals.alarms).toEqual([]);
    expect(bench.follower.lagMs()).toBeLessThan(10_000);
  });

  it('brings from the store what the bus lost, counts it and alarms', async () => {
    bench = arrange({ everyMs: 20, graceMs: 1 });
    const [a, lost] = await append('rental-1', 'a', 'lost');
    await append('rental-2', 'lost too');
    await bench.follower.take(a!, 'bus');
    bench.follower.start();
    await eventually(async () => expect(await told()).toEqual(['a', 'lost', 'lost too']));
    await eventually(() => expect(bench.signals.snapshot()).toMatchObject({ facts_rescued: 2, bus_lost_facts: 1 }));
    // When the bus brings it after all, it is an old story.
    expect(await bench.follower.take(lost!, 'bus')).toBe('skipped');
  });

  it('leaves young facts to the bus, and nothing to itself twice', async () => {
    bench = arrange({ everyMs: 10, graceMs: 60_000 });
    const now = new Date().toISOString();
    const [young] = envelopes('rental-1', -1, 'young').map((envelope) => ({ ...envelope, at: now }));
    await bench.store.append('rental-1', -1, [young!]);
    bench.follower.start();
    await sleep(300);
    // It has looked since.
    await eventually(() => expect(bench.follower.lagMs()).toBeLessThan(250));
    expect(await told()).toEqual([]);
    await bench.follower.take(young!, 'bus');
    expect(await told()).toEqual(['young']);
    expect(bench.signals.alarms).toEqual([]);
  });

  it('lets one stream that cannot be applied hold up no other, and heals it when it can', async () => {
    await append('rental-1', 'fine', 'poison', 'behind it');
    await append('rental-2', 'a', 'b');
    await bench.follower.catchUp();
    expect(await told()).toEqual(['fine', 'a', 'b']);
    expect(bench.signals.alarms).toEqual(['stream_stuck']);

    // A later fact of it, heard on the bus or found in the store, does not jump the queue.
    const [later] = await append('rental-1', 'later');
    await expect(bench.follower.take(later!, 'bus')).rejects.toMatchObject({ name: 'Undecodable' });
    await bench.follower.catchUp();
    expect(await told('rental-1')).toEqual(['fine']);

    poisonous = false;
    await bench.follower.catchUp();
    expect(await told('rental-1')).toEqual(['fine', 'poison', 'behind it', 'later']);
    expect(bench.signals.snapshot()).toMatchObject({ streams_unstuck: 1 });
    expect(await db.selectFrom('followed').select('stuck').where('stuck', 'is not', null).execute()).toEqual([]);
  });

  it('goes on from where it stood when the process died between two facts', async () => {
    await append('rental-1', 'a', 'b');
    await bench.follower.catchUp();
    const { store } = bench;
    await append('rental-1', 'c');
    const reborn = new FactFollower<LogTables>({ ...partsOf(bench), store });
    await reborn.catchUp();
    expect(await told()).toEqual(['a', 'b', 'c']);
  });

  function partsOf({ signals, queue }: ReturnType<typeof arrange>) {
    const categories = ['rental'];
    return {
      db,
      view,
      reactions,
      categories,
      queue,
      clock: systemClock(),
      signals,
    };
  }
});
