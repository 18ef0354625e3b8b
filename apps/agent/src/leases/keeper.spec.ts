import { pino } from 'pino';
import type { DesiredLease } from '@tokenos/contracts/agent/protocol';
import type { Link } from '../link/link.js';
import { eventually } from '../testing/eventually.js';
import { desired } from '../testing/leases.js';
import type { Journal } from './journal.js';
import { LeaseKeeper } from './keeper.js';
import { keyOf, type Lease, type Moment } from './lease.js';
import type { Machine } from './ports.js';

const nodeId = '0192f2c8-0000-7000-8000-000000000000';
const at = (now: number): Moment => ({ now, deadlineOf: (until) => until });

/** A node whose machines are made of nothing; `events` is what happened to them, in order. */
function node(stored: readonly Lease[] = [], failing: () => boolean = () => false) {
  const events: string[] = [];
  /** What the disk said of the end when the machine was killed. */
  const killedWith: (string | null | undefined)[] = [];
  const dying = new Map<string, (words: string) => void>();
  const disk = { leases: stored, full: false };
  const journal: Journal = {
    load: () => disk.leases,
    save: (leases) => {
      if (disk.full) throw new Error('ENOSPC');
      disk.leases = leases;
    },
  };
  const clock = { now: 1_000, monotonic: 0 };
  const keeper = new LeaseKeeper({
    journal,
    machines: {
      start: async (lease): Promise<Machine> => {
        if (failing()) throw new Error('no machine');
        events.push(`start ${lease.entry.username}`);
        const gone = new Promise<string>((resolve) => dying.set(lease.entry.username, resolve));
        const kill = async (): Promise<void> => {
          events.push(`kill ${lease.entry.username}`);
          killedWith.push(disk.leases.find((one) => keyOf(one) === keyOf(lease))?.ending);
          dying.get(lease.entry.username)?.('killed');
        };
        return { link: {} as Link, gone, kill };
      },
      discard: async (lease) => void events.push(`discard ${lease.entry.username}`),
    },
    sessions: {
      count: () => 2,
      keepOnly: (_key, keys) => void events.push(`keep ${keys.join()}`),
      closeAll: () => void events.push('close sessions'),
    },
    errands: {
      tell: async ({ entry }) => void events.push(`tell ${entry.username}`),
      save: async (_machine, path) => ({ where: `local/${path}`, sha256: 'c'.repeat(64), bytes: 3 }),
    },
    moment: () => at(clock.now),
    monotonic: () => clock.monotonic,
    log: pino({ level: 'silent' }),
    changed: () => undefined,
  });
  const receive = (...leases: DesiredLease[]): void => keeper.receive({ nodeId, leases });
  const state = (rentalId: string) => keeper.reports().find((report) => report.rentalId === rentalId)?.state;
  return { keeper, events, killedWith, disk, clock, dying, receive, state };
}

const lease = desired({ username: 'ann', authorizedKeys: ['k'] });
const ended = { ...lease, revision: 8, state: 'ended' as const };
const stored = (over: Partial<Lease>): Lease => ({
  ...{ entry: lease, phase: 'starting', since: 0, detail: null, ending: null, served: true, slot: 0 },
  ...{ buyerSince: null, noticedAt: null, checkpoint: null, deadline: Number.MAX_SAFE_INTEGER },
  ...over,
});

describe('a keeper of leases', () => {
  it('opens the door only when the machine is ready', async () => {
    const { keeper, receive, state } = node();
    receive(lease);
    expect([state(lease.rentalId), keeper.find('ann')]).toEqual(['starting', null]);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(keeper.find('ann')?.lease.entry).toEqual(lease);
    expect(keeper.find('bob')).toBeNull();
    expect(keeper.reports()[0]).toMatchObject({ sessions: 2, since: '1970-01-01T00:00:01.000Z', revision: 3 });
  });

  it('at an end closes sessions, kills, discards, and only then says ended', async () => {
    const { keeper, receive, state, events } = node();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    receive(ended);
    expect(keeper.find('ann')).toBeNull();
    expect(state(lease.rentalId)).toBe('ready');
    await eventually(() => expect(state(lease.rentalId)).toBe('ended'));
    expect(events.slice(events.indexOf('close sessions'))).toEqual(['close sessions', 'kill ann', 'discard ann']);
  });

  it('has the decision to end on disk before it acts on it', async () => {
    const { receive, state, killedWith } = node();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    receive(ended);
    await eventually(() => expect(state(lease.rentalId)).toBe('ended'));
    expect(killedWith).toEqual(['ended by the platform']);
  });

  it('after a crash half-way through an end, ends it and starts nothing', async () => {
    const { keeper, state, events } = node([stored({ ending: 'ended by the platform' })]);
    keeper.start();
    await eventually(() => expect(state(lease.rentalId)).toBe('ended'));
    expect(events).toEqual(['close sessions', 'discard ann']);
    await keeper.stop();
  });

  it('after a restart starts what is wanted, and leaves what has ended', async () => {
    const gone = stored({ entry: desired({ username: 'bob', gpuUuids: ['GPU-1'] }), phase: 'ended', ending: 'x' });
    const { keeper, state, events, receive } = node([stored({}), gone]);
    keeper.start();
    receive(gone.entry, lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(events.filter((event) => event.startsWith('start'))).toEqual(['start ann']);
    expect(state(gone.entry.rentalId)).toBe('ended');
    await keeper.stop();
  });

  it('reports an ended lease until the platform no longer names it', async () => {
    const { receive, state } = node();
    receive(ended);
    expect(state(lease.rentalId)).toBe('ended');
    receive();
    expect(state(lease.rentalId)).toBeUndefined();
  });

  it('ends a lease by itself when its paid time is over', async () => {
    const { keeper, receive, state, clock } = node();
    keeper.start();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    clock.monotonic = Date.parse(lease.paidUntil);
    await eventually(() => expect(state(lease.rentalId)).toBe('ended'));
    await keeper.stop();
  });

  it('says why a lease could not start, and does not try for ever', async () => {
    const { receive, keeper, state, events } = node([], () => true);
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('failed'));
    expect(keeper.reports()[0]?.detail).toBe('no machine');
    expect(events).toContain('discard ann');
    receive(lease);
    expect(state(lease.rentalId)).toBe('failed');
  });

  it('tries again, and throws nothing away, where a buyer has already worked', async () => {
    let failing = true;
    const { keeper, state, events } = node([stored({})], () => failing);
    keeper.start();
    await eventually(() => expect(state(lease.rentalId)).toBe('starting'));
    failing = false;
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(events).not.toContain('discard ann');
    await keeper.stop();
  });

  it('starts a sandbox again that died by itself', async () => {
    const { receive, state, events, dying } = node();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    dying.get('ann')?.('killed by its buyer');
    await eventually(() => expect(state(lease.rentalId)).toBe('starting'));
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(events.filter((event) => event === 'start ann')).toHaveLength(2);
    expect(events).not.toContain('discard ann');
  });

  it('tells the buyer once to make room, and from then on says when', async () => {
    const { keeper, receive, state, events, clock } = node();
    const noticed = { ...lease, revision: 4, notice: { noticedAt: '2026-11-23T09:00:00.000Z' } };
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(keeper.reports()[0]).not.toHaveProperty('noticedAt');
    receive(noticed);
    await eventually(() => expect(keeper.reports()[0]?.noticedAt).toBe('1970-01-01T00:00:01.000Z'));
    clock.now = 9_000;
    receive({ ...noticed, revision: 5 });
    expect(keeper.reports()[0]?.noticedAt).toBe('1970-01-01T00:00:01.000Z');
    expect(events.filter((event) => event === 'tell ann')).toHaveLength(1);
  });

  it('says since when its buyer has been in: the first login, also after a restart', async () => {
    const { keeper, receive, state, clock, disk } = node();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    expect(keeper.reports()[0]).not.toHaveProperty('buyerSince');
    keeper.buyerIn(`${lease.rentalId}.${lease.attempt}`);
    clock.now = 9_000;
    keeper.buyerIn(`${lease.rentalId}.${lease.attempt}`);
    keeper.buyerIn('unknown.1');
    expect(keeper.reports()[0]?.buyerSince).toBe('1970-01-01T00:00:01.000Z');
    expect(disk.leases[0]?.buyerSince).toBe(1_000);
  });

  it('when stopped kills every machine and ends no lease', async () => {
    const { keeper, receive, state, events, disk } = node();
    receive(lease);
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
    await keeper.stop();
    expect(events.at(-1)).toBe('kill ann');
    expect(disk.leases.map((one) => [keyOf(one), one.phase, one.ending])).toEqual([
      [`${lease.rentalId}.1`, 'ready', null],
    ]);
  });

  it('obeys a document that it could not write down at first, once it can', async () => {
    const { receive, state, disk } = node();
    disk.full = true;
    receive(lease);
    expect(state(lease.rentalId)).toBeUndefined();
    disk.full = false;
    await eventually(() => expect(state(lease.rentalId)).toBe('ready'));
  });

  it('tells sessions which keys are left at every document', () => {
    const { receive, events } = node();
    receive(lease);
    receive({ ...lease, revision: 4, authorizedKeys: ['new'] });
    expect(events.filter((event) => event.startsWith('keep'))).toEqual(['keep k', 'keep new']);
  });
});
