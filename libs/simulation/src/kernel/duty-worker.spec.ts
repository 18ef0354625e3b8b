import { createSignals } from '@tokenos/runtime/service/signals';
import type { DutyHandler } from '@tokenos/runtime/views/duty';
import { silentLog } from '@tokenos/testing/bus/signals';
import { DutyTable } from './duty-table.js';
import { DutyWorker } from './duty-worker.js';
import { Process } from './process.js';
import { seeded } from './seeded.js';
import { Steady } from './steady.js';
import { Timeline } from './timeline.js';

const START = 1_000_000;

/** One service whose only duty is `work`; `begin` starts a process of it, as a restart does. */
function bench(work: DutyHandler) {
  const random = seeded(1);
  const timeline = new Timeline({ startAt: START, random, woven: true });
  const table = new DutyTable();
  const signals = createSignals(silentLog);
  const ran: number[] = [];
  const begin = (): Process => {
    const process = new Process('bench', timeline, random);
    const handler: DutyHandler = (duty, signal) => {
      ran.push(timeline.now() - START);
      return process.step(() => work(duty, signal))();
    };
    const parts = { table, timeline, process, signals, random, steady: new Steady({}) };
    new DutyWorker({ ...parts, handlers: { work: handler } }).start();
    return process;
  };
  const schedule = (inMs: number) =>
    table.apply([{ do: 'schedule', kind: 'work', key: 'a', dueAt: START + inMs }], undefined);
  const cancel = () => table.apply([{ do: 'cancel', kind: 'work', key: 'a' }], undefined);
  return { timeline, table, signals, ran, begin, schedule, cancel, until: (ms: number) => timeline.run(START + ms) };
}

describe('duties in virtual time', () => {
  it('run when they are due, once, and again when they ask for it', async () => {
    let runs = 0;
    const b = bench(async () => (++runs === 1 ? { again: START + 700 } : 'done'));
    b.begin();
    b.schedule(100);
    await b.until(5_000);
    expect(b.ran).toEqual([100, 700]);
    expect(b.table.dueAt('work', 'a')).toBeNull();
  });

  it('move when they are scheduled anew, and are gone when they are cancelled', async () => {
    const b = bench(async () => 'done');
    b.begin();
    b.schedule(100);
    b.schedule(300);
    await b.until(200);
    expect(b.ran).toEqual([]);
    b.cancel();
    await b.until(1_000);
    expect(b.ran).toEqual([]);
  });

  it('run again where they were scheduled anew while they ran, and never twice at once', async () => {
    const b = bench(async () => 'done');
    b.begin();
    b.schedule(100);
    b.timeline.at(START + 100, () => b.schedule(100));
    await b.until(1_000);
    expect(b.ran.length).toBeGreaterThan(0);
    expect(b.table.dueAt('work', 'a')).toBeNull();
  });

  it('are tried again later and later where they fail, and alarmed once', async () => {
    const b = bench(() => Promise.reject(new Error('no luck')));
    b.begin();
    b.schedule(0);
    await b.until(120_000);
    const pauses = b.ran.slice(1).map((at, index) => at - (b.ran[index] ?? 0));
    expect(pauses[0]).toBeLessThan(300);
    expect(pauses.at(-1)).toBeGreaterThan(14_000);
    expect(b.signals.snapshot()['duty_keeps_failing']).toBe(1);
  });

  it('are free again 3 s after their process died with them, and not before', async () => {
    const b = bench(async () => 'done');
    const first = b.begin();
    b.schedule(100);
    await b.until(100);
    first.kill();
    b.begin();
    await b.until(3_000);
    expect(b.ran).toEqual([100]);
    await b.until(4_000);
    expect(b.ran).toEqual([100, 3_101]);
  });
});
