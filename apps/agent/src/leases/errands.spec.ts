import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import { pino } from 'pino';
import { eventually } from '../testing/eventually.js';
import { desired } from '../testing/leases.js';
import { Errands } from './errands.js';
import type { Lease } from './lease.js';
import type { Machine } from './ports.js';

const notice = { noticedAt: '2026-11-23T09:00:00.000Z' };
const checkpoint = { path: 'work', requestedAt: '2026-11-23T09:00:00.000Z' };
const stored = { where: 'local/x', sha256: 'c'.repeat(64), bytes: 3 };
const machine = {} as Machine;

const leaseWith = (entry: Partial<DesiredLease>, change: Partial<Lease> = {}): Lease => ({
  ...{ entry: desired(entry), phase: 'ready', since: 0, detail: null, ending: null, served: true, slot: 0 },
  ...{ deadline: 0, buyerSince: null, noticedAt: null, checkpoint: null },
  ...change,
});

function runner(fails = false) {
  const ran: string[] = [];
  const done: unknown[] = [];
  const run = async <T>(what: string, result: T): Promise<T> => {
    ran.push(what);
    if (fails) throw new Error('no such path');
    return result;
  };
  const errands = new Errands({
    tell: (_lease, _machine, at) => run(`tell at ${at}`, undefined),
    save: (_machine, path) => run(`save ${path}`, stored),
    log: pino({ level: 'silent' }),
    now: () => 7_000,
    done: (_key, change) => done.push(change),
  });
  return { errands, ran, done };
}

describe('errands in a lease', () => {
  it('are none where nothing is asked', () => {
    const { errands, ran } = runner();
    errands.look(leaseWith({}), machine);
    expect(ran).toEqual([]);
  });

  it('are run once, however often they are looked at, and written down when done', async () => {
    const { errands, ran, done } = runner();
    const lease = leaseWith({ notice, checkpoint });
    errands.look(lease, machine);
    errands.look(lease, machine);
    await eventually(() => expect(done).toHaveLength(2));
    expect(ran).toEqual(['tell at 7000', 'save work']);
    const saved = { requestedAt: checkpoint.requestedAt, ...stored, savedAt: '1970-01-01T00:00:07.000Z' };
    expect(done).toEqual([{ noticedAt: 7_000 }, { checkpoint: saved }]);
  });

  it('done before a restart are not done again, but a later checkpoint is', () => {
    const { errands, ran } = runner();
    const saved = { requestedAt: checkpoint.requestedAt, ...stored, savedAt: notice.noticedAt };
    const before = { noticedAt: 1, checkpoint: saved };
    errands.look(leaseWith({ notice, checkpoint }, before), machine);
    expect(ran).toEqual([]);
    const later = { path: 'work', requestedAt: '2026-11-23T09:05:00.000Z' };
    errands.look(leaseWith({ notice, checkpoint: later }, before), machine);
    expect(ran).toEqual(['save work']);
  });

  it('that fail are said to nobody as done, and tried once', async () => {
    const { errands, ran, done } = runner(true);
    const lease = leaseWith({ checkpoint });
    errands.look(lease, machine);
    await new Promise(setImmediate);
    errands.look(lease, machine);
    expect([ran, done]).toEqual([['save work'], []]);
  });
});
