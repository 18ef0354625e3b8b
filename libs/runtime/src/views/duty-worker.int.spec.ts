import { eventually } from '@tokenos/testing/bus/eventually';
import { recordedSignals } from '@tokenos/testing/bus/signals';
import { withPostgres } from '@tokenos/testing/servers/postgres';
import type { Kysely } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, scaledClock, systemClock } from '../clock.js';
import { openDatabase } from '../database/database.js';
import { migrate } from '../database/migrate.js';
import { currentCause, withCause } from '../service/cause.js';
import { claimDue } from './duty-claims.js';
import { DutyQueue } from './duty-queue.js';
import { ALARM_AFTER_ATTEMPTS, DutyWorker, type DutyWorkerParts } from './duty-worker.js';
import type { DutyChange, DutyHandlers } from './duty.js';
import { runtimeMigrations, type RuntimeTables } from './tables.js';

const due = (key: string, dueAt = 1, kind = 'look'): DutyChange => ({ do: 'schedule', kind, key, dueAt });

/** A handler's work that lasts until the test says so. */
function gate() {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}

describe('duties', () => {
  const postgres = withPostgres();
  let spec = 0;
  let db: Kysely<RuntimeTables>;
  let queue: DutyQueue;
  let workers: DutyWorker[] = [];

  const work = async (handlers: DutyHandlers, more: Partial<DutyWorkerParts> = {}) => {
    const signals = recordedSignals();
    const worker = new DutyWorker({ db, queue, handlers, clock: systemClock(), signals, random: () => 0, ...more });
    workers.push(worker);
    await worker.start();
    return { worker, signals };
  };
  const rows = () => db.selectFrom('duties').selectAll().orderBy('key').execute();

  beforeEach(async () => {
    const schema = `spec_${++spec}`;
    db = openDatabase(postgres.server().url, schema);
    await migrate(db, schema, runtimeMigrations);
    queue = new DutyQueue(db);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.stop(0)));
    workers = [];
    await db.destroy();
  });

  it('are run at once when they are due, with their payload, and forgotten when done', async () => {
    const seen: unknown[] = [];
    await work({ look: async (duty) => (seen.push(duty), 'done') }, { pollMs: 60_000 });
    await queue.enqueue({ ...due('rental-1', 5), payload: { attempt: 2, why: null } } as DutyChange);
    await eventually(() => expect(seen).toHaveLength(1), 1_000);
    const payload = { attempt: 2, why: null };
    expect(seen).toEqual([{ kind: 'look', key: 'rental-1', dueAt: 5, attempts: 0, payload }]);
    await eventually(async () => expect(await rows()).toEqual([]));
  });

  it('are run when their time comes, not before, on a timer of the platform’s time', async () => {
    // A minute takes 60 ms.
    const clock: Clock = scaledClock({ factor: 1000, originMs: 0 });
    const ranAt: number[] = [];
    await work({ look: async () => (ranAt.push(clock.now()), 'done') }, { clock, pollMs: 60_000 });
    const dueAt = clock.now() + 300_000;
    await queue.enqueue(due('rental-1', dueAt));
    await eventually(() => expect(ranAt).toHaveLength(1));
    expect(ranAt[0]! - dueAt).toBeGreaterThanOrEqual(0);
    expect(clock.toWallDuration(ranAt[0]! - dueAt)).toBeLessThan(1_000);
  });

  it('are found by polling when nobody called', async () => {
    const seen: string[] = [];
    await work({ look: async ({ key }) => (seen.push(key), 'done') }, { pollMs: 30 });
    await sleep(50);
    await db.transaction().execute((tx) => queue.apply(tx, [due('rental-1')]));
    await eventually(() => expect(seen).toEqual(['rental-1']));
  });

  it('are not there when the transaction that made them was rolled back', async () => {
    const failing = db.transaction().execute(async (tx) => {
      await queue.apply(tx, [due('rental-1')]);
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow();
    expect(await rows()).toEqual([]);
  });

  it('move when scheduled again, and go when cancelled', async () => {
    await queue.enqueue(due('rental-1', 10), { ...due('rental-2', 10), payload: 'old' } as DutyChange);
    await queue.enqueue(due('rental-2', 99), { do: 'cancel', kind: 'look', key: 'rental-1' });
    expect(await rows()).toEqual([expect.objectContaining({ key: 'rental-2', due_at: 99n, payload: null })]);
  });

  it('come again when the handler says so', async () => {
    let runs = 0;
    await work({ look: async () => (++runs < 3 ? { again: systemClock().now() + 10 } : 'done') });
    await queue.enqueue(due('rental-1'));
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(runs).toBe(3);
  });

  it('are tried again after a failure, ever later, and alarmed once', async () => {
    const attempts: number[] = [];
    const { signals } = await work(
      {
        look: async (duty) => {
          attempts.push(duty.attempts);
          if (duty.attempts <= ALARM_AFTER_ATTEMPTS) throw new Error('rpc down');
          return 'done';
        },
      },
      { clock: scaledClock({ factor: 1, originMs: 0 }), pollMs: 20, random: () => -0.97 },
    );
    await queue.enqueue(due('rental-1'));
    await eventually(async () => expect((await rows())[0]).toMatchObject({ last_error: 'rpc down' }));
    await eventually(() => expect(attempts).toEqual([0, 1, 2, 3, 4, 5]));
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(signals.alarms).toEqual(['duty_keeps_failing']);
  });

  it('never run twice at once, not with many workers and many calls', async () => {
    let running = 0;
    let most = 0;
    let runs = 0;
    const look = async (): Promise<'done'> => {
      runs += 1;
      most = Math.max(most, ++running);
      await sleep(15);
      running -= 1;
      return 'done';
    };
    for (let n = 0; n < 4; n++) await work({ look }, { pollMs: 5 });
    for (let n = 0; n < 10; n++) {
      await queue.enqueue(due('rental-1'));
      await sleep(5);
    }
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(most).toBe(1);
    expect(runs).toBeGreaterThan(1);
  });

  it('run side by side for different streams, up to the limit', async () => {
    const door = gate();
    let running = 0;
    await work({ look: async () => (running++, await door.opened, 'done') }, { concurrency: 3, pollMs: 5 });
    await queue.enqueue(...['1', '2', '3', '4', '5'].map((key) => due(key)));
    await eventually(() => expect(running).toBe(3));
    await sleep(50);
    expect(running).toBe(3);
    door.open();
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(running).toBe(5);
  });

  it('scheduled anew while they run are run once more', async () => {
    const door = gate();
    const seen: unknown[] = [];
    await work({ look: async ({ payload }) => (seen.push(payload), await door.opened, 'done') });
    await queue.enqueue({ ...due('rental-1'), payload: 'first' } as DutyChange);
    await eventually(() => expect(seen).toEqual(['first']));
    await queue.enqueue({ ...due('rental-1'), payload: 'second' } as DutyChange);
    door.open();
    await eventually(() => expect(seen).toEqual(['first', 'second']));
    await eventually(async () => expect(await rows()).toEqual([]));
  });

  it('cancelled while they run are not run again, whatever the handler says', async () => {
    const door = gate();
    let runs = 0;
    await work({ look: async () => (runs++, await door.opened, { again: 1 }) }, { pollMs: 5 });
    await queue.enqueue(due('rental-1'));
    await eventually(() => expect(runs).toBe(1));
    await queue.enqueue({ do: 'cancel', kind: 'look', key: 'rental-1' });
    door.open();
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(runs).toBe(1);
  });

  it('cancelled and scheduled again while they run wait for the run to end', async () => {
    const door = gate();
    let running = 0;
    let most = 0;
    const look = async (): Promise<'done'> => {
      most = Math.max(most, ++running);
      await door.opened;
      running -= 1;
      return 'done';
    };
    await work({ look }, { pollMs: 5 });
    await queue.enqueue(due('rental-1'));
    await eventually(() => expect(running).toBe(1));
    await queue.enqueue({ do: 'cancel', kind: 'look', key: 'rental-1' });
    await queue.enqueue(due('rental-1'));
    await sleep(40);
    door.open();
    await eventually(async () => expect(await rows()).toEqual([]));
    expect(most).toBe(1);
  });

  it('of a process that died are taken over when its lease runs out', async () => {
    await queue.enqueue(due('rental-1'));
    const claims = await claimDue(db, ['look'], 10, 8, 150);
    expect(claims).toHaveLength(1);
    const seen: string[] = [];
    await work({ look: async ({ key }) => (seen.push(key), 'done') }, { pollMs: 20 });
    await sleep(60);
    expect(seen).toEqual([]);
    await eventually(() => expect(seen).toEqual(['rental-1']));
  });

  it('that last longer than a lease are kept by a live process', async () => {
    const door = gate();
    let runs = 0;
    const look = async (): Promise<'done'> => (runs++, await door.opened, 'done');
    await work({ look }, { leaseMs: 60, pollMs: 10 });
    await work({ look }, { leaseMs: 60, pollMs: 10 });
    await queue.enqueue(due('rental-1'));
    await sleep(250);
    expect(runs).toBe(1);
    door.open();
    await eventually(async () => expect(await rows()).toEqual([]));
  });

  it('are told to stop when their lease is lost or the service goes down', async () => {
    const reasons: string[] = [];
    const look = (_duty: unknown, signal: AbortSignal): Promise<'done'> =>
      new Promise((finish) => {
        signal.addEventListener('abort', () => {
          reasons.push((signal.reason as Error).message);
          finish('done');
        });
      });
    const { worker } = await work({ look }, { leaseMs: 60, pollMs: 1_000 });
    await queue.enqueue(due('rental-1'));
    await eventually(async () => expect((await rows())[0]?.claimed_until).toBeInstanceOf(Date));
    await db
      .updateTable('duties')
      .set({ claimed_until: new Date(0) })
      .execute();
    await eventually(() => expect(reasons).toEqual(['the lease ran out']));
    await eventually(async () => expect((await rows())[0]?.claimed_until?.getTime()).toBeGreaterThan(0));
    await worker.stop(10);
    expect(reasons).toEqual(['the lease ran out', 'the service is shutting down']);
  });

  it('carry what led to them into their handler', async () => {
    const seen: unknown[] = [];
    await work({ look: async () => (seen.push(currentCause()), 'done') });
    const cause = { correlationId: 'request-1', causationId: 'fact-1' };
    await withCause(cause, () => queue.enqueue(due('rental-1')));
    await eventually(() => expect(seen).toEqual([cause]));
  });

  it('that nobody can do are alarmed at the start, and left alone', async () => {
    await queue.enqueue(due('rental-1', 1, 'renamed'));
    const { signals } = await work({ look: async () => 'done' });
    expect(signals.alarms).toEqual(['duty_without_handler']);
    expect(await rows()).toHaveLength(1);
  });
});
