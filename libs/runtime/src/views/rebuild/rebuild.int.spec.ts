import { withPostgres } from '@tokenos/testing/servers/postgres';
import { openRebuildBench, type RebuildBench } from '@tokenos/testing/views/rebuild-bench';
import { sql } from 'kysely';
import { type RebuildRun, rebuildView } from './rebuild.js';

describe('a rebuild', () => {
  const postgres = withPostgres();
  let spec = 0;
  let schema: string;
  let bench: RebuildBench;

  const run = (more: Partial<RebuildRun> = {}): RebuildRun => ({
    duties: false,
    onBegin: async () => undefined,
    onProgress: async () => undefined,
    onSwapped: async () => undefined,
    signal: new AbortController().signal,
    ...more,
  });

  beforeEach(async () => {
    schema = `spec_${++spec}`;
    bench = await openRebuildBench(postgres.server().url, schema);
    await bench.append('rental-1', 'a', 'remind');
    await bench.append('node-1', 'not ours');
    await bench.append('rental-2', 'b', 'c');
    await bench.follower.catchUp();
  });
  afterEach(() => bench.db.destroy());

  it('comes to the same view without what a bug had put there, and lets the follower go on', async () => {
    await bench.plantBug();
    const progress: number[][] = [];
    const onProgress = async (...figures: number[]) => void progress.push(figures);
    expect(await rebuildView(bench.parts, run({ onProgress }))).toBe(true);
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c']);
    expect(progress).toEqual([[5, 4]]);
    const [next] = await bench.append('rental-2', 'd');
    expect(await bench.follower.take(next!, 'bus')).toBe('applied');
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c', 'd']);
  });

  it('leaves nothing behind, and no table without its index', async () => {
    const look = async () => [
      (await sql`select nspname from pg_namespace where nspname like ${`${schema}%`}`.execute(bench.db)).rows,
      (
        await sql`select tablename, indexname from pg_indexes where schemaname = ${schema} order by 1, 2`.execute(
          bench.db,
        )
      ).rows,
    ];
    const before = await look();
    await rebuildView(bench.parts, run());
    expect(await look()).toEqual(before);
  });

  it('answers from the old view until the new one is whole', async () => {
    for (let n = 0; n < 300; n++) await bench.append(`rental-${n % 40}`, `word ${n}`);
    await bench.follower.catchUp();
    let over = false;
    const answers: number[] = [];
    const reader = (async () => {
      while (!over) answers.push((await bench.told()).length);
    })();
    await rebuildView(bench.parts, run());
    over = true;
    await reader;
    expect(answers.length).toBeGreaterThan(10);
    expect(new Set(answers)).toEqual(new Set([304]));
  });

  it('takes in what the view takes in meanwhile', async () => {
    const { reached, open } = bench.gate();
    const rebuilding = rebuildView(bench.parts, run());
    await reached;
    const [known, fresh] = [(await bench.append('rental-1', 'd'))[0]!, (await bench.append('rental-3', 'remind'))[0]!];
    for (const fact of [known, fresh]) expect(await bench.follower.take(fact, 'bus')).toBe('applied');
    open();
    await rebuilding;
    expect(await bench.told()).toEqual(['a', 'remind', 'd', 'b', 'c', 'remind']);
    expect(await bench.follower.take(fresh, 'bus')).toBe('skipped');
    expect(await bench.duties()).toEqual(['rental-1', 'rental-3']);
  });

  it('gives the service the duties of facts that it was the first to fold', async () => {
    await bench.append('rental-3', 'remind', 'e');
    await rebuildView({ ...bench.parts, follower: { catchUp: async () => undefined } }, run());
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c', 'remind', 'e']);
    expect(await bench.duties()).toEqual(['rental-1', 'rental-3']);
  });

  it('takes in at the last moment what the view alone has folded, and no duty of it twice', async () => {
    let late = false;
    const readAll: typeof bench.store.readAll = async (after, limit) => (late ? [] : bench.store.readAll(after, limit));
    const catchUp = async () => {
      late = true;
      for (const fact of await bench.append('rental-3', 'remind', 'e')) await bench.follower.take(fact, 'bus');
      await bench.db.deleteFrom('duties').where('key', '=', 'rental-3').execute();
    };
    await rebuildView({ ...bench.parts, store: { ...bench.store, readAll }, follower: { catchUp } }, run());
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c', 'remind', 'e']);
    expect(await bench.duties()).toEqual(['rental-1']);
  });

  it('makes no duty again that is done, and where it is told to, those that are not there', async () => {
    await bench.append('rental-2', 'remind');
    await bench.follower.catchUp();
    await bench.db.deleteFrom('duties').where('key', '=', 'rental-1').execute();
    const moved = bench.db.updateTable('duties').set({ due_at: 77 });
    await moved.execute();
    await rebuildView(bench.parts, run());
    expect(await bench.duties()).toEqual(['rental-2']);
    await rebuildView(bench.parts, run({ duties: true }));
    expect(await bench.db.selectFrom('duties').select(['key', 'due_at']).orderBy('key').execute()).toEqual([
      { key: 'rental-1', due_at: 1n },
      { key: 'rental-2', due_at: 77n },
    ]);
  });

  it('leaves the view as it is where the code no longer understands what the view has folded, and says which', async () => {
    bench.onApply = (_into, word) => {
      if (word === 'c') throw new Error('what is c?');
    };
    await bench.plantBug();
    await expect(rebuildView(bench.parts, run())).rejects.toThrow('what is c?');
    expect(await bench.told()).toEqual(['a', 'remind', 'a bug', 'b', 'c']);
  });

  it('that lost its connection has changed nothing, and the next one clears away what it left', async () => {
    const { reached, open } = bench.gate();
    const rebuilding = rebuildView(bench.parts, run());
    await reached;
    await bench.plantBug();
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = ${`${schema}_rebuild`}`.execute(bench.db);
    open();
    await expect(rebuilding).rejects.toThrow();
    expect(await bench.told()).toEqual(['a', 'remind', 'a bug', 'b', 'c']);
    bench.onApply = () => undefined;
    expect(await rebuildView(bench.parts, run())).toBe(true);
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c']);
  });

  it('is left to the process that has begun it', async () => {
    const { reached, open } = bench.gate();
    const first = rebuildView(bench.parts, run());
    await reached;
    expect(await rebuildView(bench.parts, run())).toBe(false);
    open();
    expect(await first).toBe(true);
  });

  it('gives way to whoever is reading, and comes again', async () => {
    await bench.plantBug();
    const rebuilding = bench.db.transaction().execute(async (tx) => {
      await sql`select * from told`.execute(tx);
      const begun = rebuildView(bench.parts, run());
      await sql`select pg_sleep(0.8)`.execute(tx);
      await sql`select * from followed, told`.execute(tx);
      return { begun };
    });
    expect(await (await rebuilding).begun).toBe(true);
    expect(await bench.told()).toEqual(['a', 'remind', 'b', 'c']);
  });
});
