import { type Count, type Counted, plainSeal, tally, type TallyState } from '@tokenos/testing/tally';
import { memoryEventStore } from './event-store/memory.js';
import { type EventStore, RevisionConflict } from './event-store/port.js';
import { createHandler } from './handle.js';
import type { StreamKind } from './stream-kind.js';
import { systemClock } from './clock.js';

const NOON = Date.UTC(2026, 10, 23, 12);

function harness({ now = NOON, store = memoryEventStore(), checkClock = () => Promise.resolve() } = {}) {
  let made = 0;
  const time = { now };
  const ids = { next: () => `id-${++made}` };
  const clock = systemClock(() => time.now);
  const handler = createHandler({ store, clock, ids, by: 'counter', seal: plainSeal, checkClock });
  const count = (message: string) => handler.handle(tally, 'a', (at) => ({ type: 'Count', message, at }));
  return { ...handler, count, store, time };
}

/** A store whose next appends go wrong in the given ways, one after the other. */
function faulty(...faults: ((append: () => Promise<void>) => Promise<void>)[]): EventStore & { appends: number } {
  const store = memoryEventStore();
  const faulted = {
    ...store,
    appends: 0,
    append(...args: Parameters<EventStore['append']>) {
      faulted.appends++;
      const fault = faults.shift();
      return fault === undefined ? store.append(...args) : fault(() => store.append(...args));
    },
  };
  return faulted;
}

const broken = new Error('connection reset');
const lostAnswer = async (append: () => Promise<void>) => append().then(() => Promise.reject(broken));
const lostRequest = () => Promise.reject(broken);
const lostRace = () => Promise.reject(new RevisionConflict('tally-a', -1, 0));

describe('handling a command', () => {
  it('appends what was decided, sealed to what came before, and tells the state after it', async () => {
    const { handle, count, store } = harness();
    await count('one');
    const cause = { correlationId: 'request', causationId: 'message' };
    const handled = await handle(tally, 'a', (at) => ({ type: 'CountAll', messages: ['two', 'three'], at }), cause);
    expect(handled).toMatchObject({
      kind: 'accepted',
      revision: 2,
      state: { messages: ['one', 'two', 'three'] },
      facts: [{ message: 'two' }, { message: 'three' }],
    });
    const envelopes = await store.read('tally-a');
    expect(handled).toHaveProperty('envelopes', envelopes.slice(1));
    expect(envelopes[2]).toStrictEqual({
      id: 'id-5',
      stream: 'tally-a',
      revision: 2,
      type: 'Counted.v1',
      at: '2026-11-23T12:00:00.000Z',
      by: 'counter',
      correlationId: 'request',
      causationId: 'message',
      data: { message: 'three', at: NOON },
      prevHash: envelopes[1]?.hash,
      hash: 'hash of id-5',
    });
  });

  it('starts a correlation of its own where nothing caused it', async () => {
    const { count, store } = harness();
    await count('one');
    const [envelope] = await store.read('tally-a');
    expect(envelope?.correlationId).toBe(envelope?.causationId);
    expect(envelope?.correlationId).not.toBe(envelope?.id);
  });

  it('appends nothing when the command is ignored or rejected, and says why', async () => {
    const { handle, count, store } = harness();
    await count('one');
    expect(await count('one')).toStrictEqual({
      kind: 'ignored',
      why: 'counted already',
      state: { messages: ['one'] },
      revision: 0,
    });
    const messages = Array.from({ length: 1_000 }, (_, index) => `more-${index}`);
    const rejected = await handle(tally, 'a', (at) => ({ type: 'CountAll', messages, at }));
    expect(rejected).toMatchObject({ kind: 'rejected', rejection: { code: 'limit_reached' }, revision: 0 });
    expect(await store.read('tally-a')).toHaveLength(1);
  });

  it('never lets time run backwards within a stream, in the command as in the envelope', async () => {
    const { count, store, time } = harness();
    await count('one');
    time.now = NOON - 60_000;
    const handled = await count('two');
    expect(handled).toMatchObject({ facts: [{ at: NOON }] });
    expect((await store.read('tally-a')).map(({ at }) => at)).toStrictEqual(Array(2).fill('2026-11-23T12:00:00.000Z'));
  });

  it('takes a subset of the commands, so that a service cannot ask for what is not its own', async () => {
    const { handle } = harness();
    const own: StreamKind<TallyState, Count, Counted> = tally;
    // @ts-expect-error CountAll is not among this service's commands
    const foreign = handle(own, 'a', (at) => ({ type: 'CountAll', messages: ['x'], at }));
    await foreign;
    expect(await handle(own, 'a', (at) => ({ type: 'Count', message: 'y', at }))).toMatchObject({ kind: 'accepted' });
  });

  it('loads a stream as the state that its facts fold to', async () => {
    const { load, count } = harness();
    expect(await load(tally, 'a')).toStrictEqual({ state: { messages: [] }, revision: -1 });
    await count('one');
    expect(await load(tally, 'a')).toStrictEqual({ state: { messages: ['one'] }, revision: 0 });
  });
});

describe('handling a command when things go wrong', () => {
  it('decides again, on the new facts, when another writer was faster', async () => {
    const store = faulty();
    const { count, handle } = harness({ store });
    await count('zero');
    let decided = 0;
    const handled = await handle(tally, 'a', (at) => {
      if (++decided === 1) void store.append('tally-a', 0, [plainSeal({ revision: 0, hash: 'hash of id-2' }, rival)]);
      return { type: 'Count', message: 'one', at };
    });
    expect(decided).toBe(2);
    expect(handled).toMatchObject({ kind: 'accepted', revision: 2, state: { messages: ['zero', 'rival', 'one'] } });
  });

  it('gives up after eight lost races', async () => {
    const store = faulty(...Array<typeof lostRace>(8).fill(lostRace));
    const { count } = harness({ store });
    await expect(count('one')).rejects.toBeInstanceOf(RevisionConflict);
    expect(store.appends).toBe(8);
  });

  it('stores once when the answer is lost', async () => {
    const { count, store } = harness({ store: faulty(lostAnswer) });
    expect(await count('one')).toMatchObject({ kind: 'accepted' });
    expect(await store.read('tally-a')).toHaveLength(1);
  });

  it('lets a fault surface that lasts, and ignores the command when it comes again after all', async () => {
    const { count, store } = harness({ store: faulty(lostAnswer, lostRequest) });
    await expect(count('one')).rejects.toBe(broken);
    expect(await count('one')).toMatchObject({ kind: 'ignored' });
    expect(await store.read('tally-a')).toHaveLength(1);
  });

  it('appends nothing while the clock cannot be trusted', async () => {
    const checkClock = () => Promise.reject(new Error('2 s ahead'));
    const { count, store } = harness({ checkClock });
    await expect(count('one')).rejects.toThrow('2 s ahead');
    expect(await store.readAll(null, 10)).toStrictEqual([]);
  });

  it('stops at a fact it cannot read instead of deciding without it', async () => {
    const { count, store } = harness();
    await store.append('tally-a', -1, [plainSeal(null, { ...rival, type: 'Uncounted.v1' })]);
    await expect(count('one')).rejects.toThrow('unknown fact Uncounted.v1');
  });
});

const rival = {
  id: 'rival',
  stream: 'tally-a',
  type: 'Counted.v1',
  at: new Date(NOON).toISOString(),
  by: 'rival',
  correlationId: 'rival',
  causationId: 'rival',
  data: { message: 'rival', at: NOON },
};
