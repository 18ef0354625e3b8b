import { plainSeal, tally } from '@tokenos/testing/tally';
import fc from 'fast-check';
import { systemClock } from './clock.js';
import { memoryEventStore } from './event-store/memory.js';
import type { EventStore } from './event-store/port.js';
import { createHandler, type Handler } from './handle.js';

type Fault = 'none' | 'lost request' | 'lost answer';

/** Every call takes its turn in the scheduler's order, and appends fail as told. */
function unreliable(store: EventStore, scheduler: fc.Scheduler, faults: Iterator<Fault>): EventStore {
  const turn = (label: string) => scheduler.schedule(Promise.resolve(), label);
  return {
    ...store,
    async read(stream, fromRevision) {
      await turn('read');
      return store.read(stream, fromRevision);
    },
    async append(stream, expected, envelopes) {
      await turn('append');
      const fault = faults.next().value as Fault;
      if (fault === 'lost request') throw new Error(fault);
      await store.append(stream, expected, envelopes);
      await turn('answer');
      if (fault === 'lost answer') throw new Error(fault);
    },
  };
}

/** As the bus does: the same message again until it was handled, and once more than needed. */
async function deliver(handler: Handler, message: string): Promise<void> {
  for (let handled = 0; handled < 2;) {
    await handler
      .handle(tally, 'a', (at) => ({ type: 'Count', message, at }))
      .then(() => handled++)
      .catch(() => undefined);
  }
}

describe('many handlers on one stream, redelivery, lost requests and lost answers', () => {
  it('store each message exactly once, without gaps, in one chain, with time running forwards', async () => {
    const fault = fc.constantFrom<Fault>('none', 'none', 'lost request', 'lost answer');
    const faultLists = fc.array(fault, { maxLength: 30 });
    const writers = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), faultLists, writers, async (scheduler, faultList, messages) => {
        const memory = memoryEventStore();
        const faults = (function* (): Generator<Fault> {
          yield* faultList;
          while (true) yield 'none';
        })();
        const store = unreliable(memory, scheduler, faults);
        let made = 0;
        const ids = { next: () => `id-${++made}` };
        let now = 1_000_000;
        const delivered = messages.map((message, index) => {
          const clock = systemClock(() => (now += index % 2 === 0 ? 7 : -5));
          return deliver(createHandler({ store, clock, ids, by: `writer-${index}`, seal: plainSeal }), String(message));
        });
        await scheduler.waitFor(Promise.all(delivered));

        const stored = await memory.read('tally-a');
        const expected = [...new Set(messages.map(String))].sort();
        expect(stored.map(({ data }) => (data as { message: string }).message).sort()).toStrictEqual(expected);
        stored.forEach((envelope, index) => {
          expect(envelope.revision).toBe(index);
          expect(envelope.prevHash).toBe(stored[index - 1]?.hash ?? 'root');
          expect(envelope.at >= (stored[index - 1]?.at ?? '')).toBe(true);
        });
      }),
      { numRuns: 200 },
    );
  });
});
