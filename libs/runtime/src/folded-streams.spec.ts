import { plainSeal, tally } from '@tokenos/testing/tally';
import fc from 'fast-check';
import type { Envelope } from './event-store/envelope.js';
import { memoryEventStore } from './event-store/memory.js';
import { FoldedStreams } from './folded-streams.js';

const T0 = Date.UTC(2026, 10, 23, 12);

function follower(head: Envelope | null, stream: string, message: string): Envelope {
  const data = { message, at: T0 };
  const origin = { at: new Date(T0).toISOString(), by: 'anyone', correlationId: 'c', causationId: 'c' };
  const id = `${stream} ${(head?.revision ?? -1) + 1} ${message}`;
  return plainSeal(head, { id, stream, type: 'Counted.v1', data, ...origin });
}

/** A store that tells how many envelopes it has handed out, and that can lose the end of a stream, as a bad restore would. */
function watchedStore() {
  const memory = memoryEventStore();
  const cut = new Map<string, number>();
  const watched = {
    handedOut: 0,
    async read(stream: string, from = 0): Promise<readonly Envelope[]> {
      const found = (await memory.read(stream, from)).slice(0, (cut.get(stream) ?? Infinity) - from);
      watched.handedOut += found.length;
      return found;
    },
    async append(stream: string, message: string): Promise<void> {
      const head = (await memory.read(stream)).at(-1) ?? null;
      await memory.append(stream, head?.revision ?? -1, [follower(head, stream, message)]);
    },
    cutTo: (stream: string, length: number) => void cut.set(stream, length),
  };
  return watched;
}

describe('folding streams and remembering where one got to', () => {
  it('gives what folding from the start gives, whoever appends, whatever is forgotten, even if the store loses an end', async () => {
    const stream = fc.constantFrom('tally-a', 'tally-b', 'tally-c', 'tally-d');
    const step = fc.oneof(
      fc.record({ do: fc.constant('append' as const), stream, message: fc.string({ maxLength: 3 }) }),
      fc.record({ do: fc.constant('fold' as const), stream }),
      fc.record({ do: fc.constant('cut' as const), stream, length: fc.nat(4) }),
    );
    const remembered = fc.integer({ min: 1, max: 4 });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), remembered, async (steps, most) => {
        const store = watchedStore();
        const streams = new FoldedStreams(store, most);
        for (const told of steps) {
          if (told.do === 'append') await store.append(told.stream, told.message);
          else if (told.do === 'cut') store.cutTo(told.stream, told.length);
          else {
            const afresh = await new FoldedStreams(store).fold(tally, told.stream);
            expect(await streams.fold(tally, told.stream)).toStrictEqual(afresh);
          }
        }
      }),
      { numRuns: 300 },
    );
  });

  it('asks the store only for what is new, and for the last fact it knows', async () => {
    const store = watchedStore();
    const streams = new FoldedStreams(store);
    for (let made = 0; made < 100; made++) await store.append('tally-a', String(made));
    await streams.fold(tally, 'tally-a');
    expect(store.handedOut).toBe(100);
    await store.append('tally-a', 'more');
    const { state, last } = await streams.fold(tally, 'tally-a');
    expect(store.handedOut).toBe(102);
    expect(state.messages.at(-1)).toBe('more');
    expect(last?.revision).toBe(100);
  });

  it('folds from the start again where another rewrote what it knew', async () => {
    const original = follower(null, 'tally-a', 'original');
    const forged = { ...follower(null, 'tally-a', 'forged'), hash: 'another hash' };
    let stored: readonly Envelope[] = [original];
    const streams = new FoldedStreams({ read: async (_, from = 0) => stored.slice(from) });
    await streams.fold(tally, 'tally-a');
    stored = [forged];
    expect((await streams.fold(tally, 'tally-a')).state.messages).toStrictEqual(['forged']);
  });

  it('keeps the state of one set of rules from another that reads the same stream', async () => {
    const store = watchedStore();
    await store.append('tally-a', 'one');
    const streams = new FoldedStreams(store);
    await streams.fold(tally, 'tally-a');
    const counting = { ...tally, decider: { initialState: 0, decide: () => ignored, evolve: (n: number) => n + 1 } };
    expect((await streams.fold(counting, 'tally-a')).state).toBe(1);
    expect((await streams.fold(tally, 'tally-a')).state).toStrictEqual({ messages: ['one'] });
  });
});

const ignored = { kind: 'ignored', why: 'it only counts' } as const;
