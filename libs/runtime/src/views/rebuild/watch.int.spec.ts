import { eventually } from '@tokenos/testing/bus/eventually';
import { silentLog } from '@tokenos/testing/bus/signals';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import { type LogTables, openRebuildBench, type RebuildBench } from '@tokenos/testing/views/rebuild-bench';
import { askForRebuild, beginRebuild, readRebuild, withdrawRebuild } from './request.js';
import { RebuildWatch } from './watch.js';

describe('a rebuild that is asked for', () => {
  const postgres = withPostgres();
  let spec = 0;
  let bench: RebuildBench;
  let watch: RebuildWatch<LogTables>;
  const state = async () => (await readRebuild(bench.db))?.state;

  beforeEach(async () => {
    bench = await openRebuildBench(postgres.server().url, `spec_${++spec}`);
    await bench.append('rental-1', 'a', 'remind');
    await bench.append('node-1', 'not ours');
    await bench.append('rental-2', 'b', 'c');
    await bench.follower.catchUp();
    watch = new RebuildWatch({ ...bench.parts, db: bench.db, log: silentLog, everyMs: 20 });
  });
  afterEach(async () => {
    await watch.stop();
    await bench.db.destroy();
  });

  it('is done once, and says how much it was', async () => {
    watch.start();
    expect(await askForRebuild(bench.db, { duties: false })).toBe(true);
    await eventually(async () => expect(await state()).toBe('done'));
    const done = { attempts: 1, read: 5n, folded: 4n, expected: 4n, error: null, duties: false };
    expect(await readRebuild(bench.db)).toMatchObject(done);
    expect(await withdrawRebuild(bench.db)).toBe(false);
  });

  it('is not asked for twice at a time, and can be taken back before it has begun', async () => {
    expect(await askForRebuild(bench.db, { duties: false })).toBe(true);
    expect(await askForRebuild(bench.db, { duties: true })).toBe(false);
    expect(await withdrawRebuild(bench.db)).toBe(true);
    expect(await readRebuild(bench.db)).toBeUndefined();
  });

  it('is begun anew where the process that had begun it is dead', async () => {
    await askForRebuild(bench.db, { duties: false });
    await beginRebuild(bench.db);
    watch.start();
    await eventually(async () => expect(await readRebuild(bench.db)).toMatchObject({ state: 'done', attempts: 2 }));
  });

  it('is given up where one process after the other dies of it', async () => {
    await askForRebuild(bench.db, { duties: false });
    for (let deaths = 0; deaths < 3; deaths++) await beginRebuild(bench.db);
    watch.start();
    await eventually(async () => expect(await state()).toBe('failed'));
    expect((await readRebuild(bench.db))?.error).toBe('3 processes have begun it and did not end it');
  });

  it('fails aloud, and can then be asked for again', async () => {
    bench.onApply = () => {
      throw new Error('disk full');
    };
    watch.start();
    await askForRebuild(bench.db, { duties: false });
    await eventually(async () => expect(await state()).toBe('failed'));
    expect((await readRebuild(bench.db))?.error).toContain('disk full');
    bench.onApply = () => undefined;
    expect(await askForRebuild(bench.db, { duties: false })).toBe(true);
    await eventually(async () => expect(await state()).toBe('done'));
  });

  it('stays asked for when the service goes down in the middle of it', async () => {
    const { reached, open } = bench.gate();
    watch.start();
    await askForRebuild(bench.db, { duties: false });
    await reached;
    const stopped = watch.stop();
    open();
    await stopped;
    expect(await state()).toBe('folding');
    watch = new RebuildWatch({ ...bench.parts, db: bench.db, log: silentLog, everyMs: 20 });
    watch.start();
    await eventually(async () => expect(await state()).toBe('done'));
  });
});
