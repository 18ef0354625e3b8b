import { eventually } from '@tokenos/testing/bus/eventually';
import { recordedSignals, silentLog } from '@tokenos/testing/bus/signals';
import { envelopes } from '@tokenos/testing/event-store/envelopes';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { type Kysely, sql } from 'kysely';
import { systemClock } from '../../clock.js';
import { openDatabase } from '../../database/database.js';
import { migrate } from '../../database/migrate.js';
import type { Envelope } from '../../event-store/envelope.js';
import { memoryEventStore } from '../../event-store/memory.js';
import { DutyQueue } from '../duty-queue.js';
import { FactFollower } from '../follow.js';
import { runtimeMigrations, type RuntimeTables } from '../tables.js';
import type { Reactions, View } from '../view.js';
import { type RebuildParts, type RebuildRun, rebuildView } from './rebuild.js';
import { askForRebuild, beginRebuild, readRebuild, withdrawRebuild } from './request.js';
import { RebuildWatch } from './watch.js';

type LogTables = { told: { stream: string; revision: number; word: string } };

const reactions: Reactions = ({ stream, data }) =>
  data === 'remind' ? [{ do: 'schedule', kind: 'remind', key: stream, dueAt: 1 }] : [];

describe('a rebuild', () => {
  const postgres = withPostgres();
  let spec = 0;
  let schema: string;
  let db: Kysely<RuntimeTables>;
  let store: ReturnType<typeof memoryEventStore>;
  let follower: FactFollower<LogTables>;
  let parts: RebuildParts<LogTables>;
  /** Called before each fact that is folded, with the schema that it is folded into. */
  let onApply: (into: string, word: string) => void | Promise<void>;

  const view: View<LogTables> = {
    migrations: {
      '001-told': {
        up: async (made) => {
          await sql`create table told (stream text, revision int, word text, primary key (stream, revision))`.execute(
            made,
          );
        },
      },
    },
    tables: ['told'],
    async apply(tx, { stream, revision, data }) {
      const { rows } = await sql<{ into: string }>`select current_schema() as into`.execute(tx);
      await onApply(rows[0]!.into, data as string);
      await sql`insert into told (stream, revision, word) values (${stream}, ${revision}, ${data})`.execute(tx);
    },
  };

  /** Appends as the next facts of a stream; nobody has heard of them yet. */
  async function append(stream: string, ...words: string[]): Promise<Envelope[]> {
    const made = envelopes(stream, (await store.read(stream)).length - 1, ...words);
    await store.append(stream, made[0]!.revision - 1, made);
    return made;
  }
  const run = (more: Partial<RebuildRun> = {}): RebuildRun => ({
    duties: false,
    onBegin: async () => undefined,
    onProgress: async () => undefined,
    onSwapped: async () => undefined,
    signal: new AbortController().signal,
    ...more,
  });
  const told = async (): Promise<string[]> =>
    (await sql<{ word: string }>`select word from told order by stream, revision`.execute(db)).rows.map(
      ({ word }) => word,
    );
  const duties = async () => (await db.selectFrom('duties').select('key').orderBy('key').execute()).map((d) => d.key);
  const bug = () => sql`insert into told values ('rental-1', 99, 'a bug')`.execute(db);
  /** Holds up the first fold into the shadow until it is opened. */
  function gate() {
    let open = (): void => undefined;
    const opened = new Promise<void>((resolve) => (open = resolve));
    const reached = new Promise<void>((resolve) => {
      onApply = async (into) => {
        if (into === schema) return;
        resolve();
        await opened;
      };
    });
    return { reached, open };
  }

  beforeEach(async () => {
    schema = `spec_${++spec}`;
    onApply = () => undefined;
    const { url } = postgres.server();
    db = openDatabase(url, schema);
    await migrate(db, schema, { ...runtimeMigrations, ...view.migrations });
    store = memoryEventStore();
    const queue = new DutyQueue(db);
    const known = { store, view, reactions, categories: ['rental'], queue, clock: systemClock() };
    const signals = recordedSignals();
    follower = new FactFollower<LogTables>({ ...known, db, signals });
    parts = { ...known, url, schema, signals, follower };
    await append('rental-1', 'a', 'remind');
    await append('node-1', 'not ours');
    await append('rental-2', 'b', 'c');
    await follower.catchUp();
  });
  afterEach(async () => {
    await db.destroy();
  });

  it('comes to the same view without what a bug had put there, and lets the follower go on', async () => {
    await bug();
    const progress: number[][] = [];
    const onProgress = async (...figures: number[]) => void progress.push(figures);
    expect(await rebuildView(parts, run({ onProgress }))).toBe(true);
    expect(await told()).toEqual(['a', 'remind', 'b', 'c']);
    expect(progress).toEqual([[5, 4]]);
    const [next] = await append('rental-2', 'd');
    expect(await follower.take(next!, 'bus')).toBe('applied');
    expect(await told()).toEqual(['a', 'remind', 'b', 'c', 'd']);
  });

  it('leaves nothing behind, and no table without its index', async () => {
    const look = async () => [
      (await sql`select nspname from pg_namespace where nspname like ${`${schema}%`}`.execute(db)).rows,
      (await sql`select tablename, indexname from pg_indexes where schemaname = ${schema} order by 1, 2`.execute(db))
        .rows,
    ];
    const before = await look();
    await rebuildView(parts, run());
    expect(await look()).toEqual(before);
  });

  it('answers from the old view until the new one is whole', async () => {
    for (let n = 0; n < 300; n++) await append(`rental-${n % 40}`, `word ${n}`);
    await follower.catchUp();
    let over = false;
    const answers: number[] = [];
    const reader = (async () => {
      while (!over) answers.push((await told()).length);
    })();
    await rebuildView(parts, run());
    over = true;
    await reader;
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([304]));
  });

  it('takes in what the view takes in meanwhile', async () => {
    const { reached, open } = gate();
    const rebuilding = rebuildView(parts, run());
    await reached;
    const [known, fresh] = [(await append('rental-1', 'd'))[0]!, (await append('rental-3', 'remind'))[0]!];
    for (const fact of [known, fresh]) expect(await follower.take(fact, 'bus')).toBe('applied');
    open();
    await rebuilding;
    expect(await told()).toEqual(['a', 'remind', 'd', 'b', 'c', 'remind']);
    expect(await follower.take(fresh, 'bus')).toBe('skipped');
    expect(await duties()).toEqual(['rental-1', 'rental-3']);
  });

  it('gives the service the duties of facts that it was the first to fold', async () => {
    await append('rental-3', 'remind', 'e');
    await rebuildView({ ...parts, follower: { catchUp: async () => undefined } }, run());
    expect(await told()).toEqual(['a', 'remind', 'b', 'c', 'remind', 'e']);
    expect(await duties()).toEqual(['rental-1', 'rental-3']);
  });

  it('takes in at the last moment what the view alone has folded, and no duty of it twice', async () => {
    let late = false;
    const readAll: typeof store.readAll = async (after, limit) => (late ? [] : store.readAll(after, limit));
    const catchUp = async () => {
      late = true;
      for (const fact of await append('rental-3', 'remind', 'e')) await follower.take(fact, 'bus');
      await db.deleteFrom('duties').where('key', '=', 'rental-3').execute();
    };
    await rebuildView({ ...parts, store: { ...store, readAll }, follower: { catchUp } }, run());
    expect(await told()).toEqual(['a', 'remind', 'b', 'c', 'remind', 'e']);
    expect(await duties()).toEqual(['rental-1']);
  });

  it('makes no duty again that is done, and where it is told to, those that are not there', async () => {
    await append('rental-2', 'remind');
    await follower.catchUp();
    await db.deleteFrom('duties').where('key', '=', 'rental-1').execute();
    const moved = db.updateTable('duties').set({ due_at: 77 });
    await moved.execute();
    await rebuildView(parts, run());
    expect(await duties()).toEqual(['rental-2']);
    await rebuildView(parts, run({ duties: true }));
    expect(await db.selectFrom('duties').select(['key', 'due_at']).orderBy('key').execute()).toEqual([
      { key: 'rental-1', due_at: 1n },
      { key: 'rental-2', due_at: 77n },
    ]);
  });

  it('leaves the view as it is where the code no longer understands what the view has folded, and says which', async () => {
    onApply = (_into, word) => {
      if (word === 'c') throw new Error('what is c?');
    };
    await bug();
    await expect(rebuildView(parts, run())).rejects.toThrow('what is c?');
    expect(await told()).toEqual(['a', 'remind', 'a bug', 'b', 'c']);
  });

  it('that lost its connection has changed nothing, and the next one clears away what it left', async () => {
    const { reached, open } = gate();
    const rebuilding = rebuildView(parts, run());
    await reached;
    await bug();
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${`${schema}_rebuild`}`.execute(db);
    open();
    await expect(rebuilding).rejects.toThrow();
    expect(await told()).toEqual(['a', 'remind', 'a bug', 'b', 'c']);
    onApply = () => undefined;
    expect(await rebuildView(parts, run())).toBe(true);
    expect(await told()).toEqual(['a', 'remind', 'b', 'c']);
  });

  it('is left to the process that has begun it', async () => {
    const { reached, open } = gate();
    const first = rebuildView(parts, run());
    await reached;
    expect(await rebuildView(parts, run())).toBe(false);
    open();
    expect(await first).toBe(true);
  });

  it('gives way to whoever is reading, and comes again', async () => {
    await bug();
    const rebuilding = db.transaction().execute(async (tx) => {
      await sql`select * from told`.execute(tx);
      const begun = rebuildView(parts, run());
      await sql`select pg_sleep(0.8)`.execute(tx);
      await sql`select * from followed, told`.execute(tx);
      return { begun };
    });
    expect(await (await rebuilding).begun).toBe(true);
    expect(await told()).toEqual(['a', 'remind', 'b', 'c']);
  });

  describe('that is asked for', () => {
    let watch: RebuildWatch<LogTables>;
    beforeEach(() => {
      watch = new RebuildWatch({ ...parts, db, log: silentLog, everyMs: 20 });
    });
    afterEach(() => watch.stop());
    const state = async () => (await readRebuild(db))?.state;

    it('is done once, and says how much it was', async () => {
      watch.start();
      expect(await askForRebuild(db, { duties: false })).toBe(true);
      await eventually(async () => expect(await state()).toBe('done'));
      const done = { attempts: 1, read: 5n, folded: 4n, expected: 4n, error: null, duties: false };
      expect(await readRebuild(db)).toMatchObject(done);
      expect(await withdrawRebuild(db)).toBe(false);
    });

    it('is not asked for twice at a time, and can be taken back before it has begun', async () => {
      expect(await askForRebuild(db, { duties: false })).toBe(true);
      expect(await askForRebuild(db, { duties: true })).toBe(false);
      expect(await withdrawRebuild(db)).toBe(true);
      expect(await readRebuild(db)).toBeUndefined();
    });

    it('is begun anew where the process that had begun it is dead', async () => {
      await askForRebuild(db, { duties: false });
      await beginRebuild(db);
      watch.start();
      await eventually(async () => expect(await readRebuild(db)).toMatchObject({ state: 'done', attempts: 2 }));
    });

    it('is given up where one process after the other dies of it', async () => {
      await askForRebuild(db, { duties: false });
      for (let deaths = 0; deaths < 3; deaths++) await beginRebuild(db);
      watch.start();
      await eventually(async () => expect(await state()).toBe('failed'));
      expect((await readRebuild(db))?.error).toBe('3 processes have begun it and did not end it');
    });

    it('fails aloud, and can then be asked for again', async () => {
      onApply = () => {
        throw new Error('disk full');
      };
      watch.start();
      await askForRebuild(db, { duties: false });
      await eventually(async () => expect(await state()).toBe('failed'));
      expect((await readRebuild(db))?.error).toContain('disk full');
      onApply = () => undefined;
      expect(await askForRebuild(db, { duties: false })).toBe(true);
      await eventually(async () => expect(await state()).toBe('done'));
    });

    it('stays asked for when the service goes down in the middle of it', async () => {
      const { reached, open } = gate();
      watch.start();
      await askForRebuild(db, { duties: false });
      await reached;
      const stopped = watch.stop();
      open();
      await stopped;
      expect(await state()).toBe('folding');
      watch = new RebuildWatch({ ...parts, db, log: silentLog, everyMs: 20 });
      watch.start();
      await eventually(async () => expect(await state()).toBe('done'));
    });
  });
});
