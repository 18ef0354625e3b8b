import { recordedSignals } from '@tokenos/testing/bus/signals';
import { plainSeal, tally } from '@tokenos/testing/tally';
import { systemClock } from '../clock.js';
import type { Envelope } from '../event-store/envelope.js';
import { memoryEventStore } from '../event-store/memory.js';
import { createHandler } from '../handle.js';
import { randomIds } from '../ids.js';
import { withCause } from './cause.js';
import { withOwnWrites } from './own-writes.js';

type Take = (envelope: Envelope, via: string) => Promise<'applied'>;

function arrange(take: Take) {
  const store = memoryEventStore();
  const signals = recordedSignals();
  const handler = createHandler({ store, clock: systemClock(), ids: randomIds, by: 'counter', seal: plainSeal });
  const act = withOwnWrites(handler, { take }, signals);
  const count = (message: string) => act.handle(tally, '1', (at) => ({ type: 'Count', message, at }));
  return { store, signals, count };
}

describe('a service’s own writes', () => {
  it('are in its view before the caller goes on', async () => {
    const taken: unknown[] = [];
    const { count } = arrange(async ({ revision }, via) => {
      await Promise.resolve();
      taken.push([revision, via]);
      return 'applied';
    });
    await count('a');
    await count('b');
    await count('a');
    expect(taken).toEqual([
      [0, 'own'],
      [1, 'own'],
    ]);
  });

  it('stand even where the view cannot take them just now', async () => {
    const { count, signals, store } = arrange(() => Promise.reject(new Error('database busy')));
    expect((await count('a')).kind).toBe('accepted');
    expect(await store.read('tally-1')).toHaveLength(1);
    expect(signals.snapshot()).toEqual({ own_writes_not_folded: 1 });
  });

  it('name the work under way as what led to them', async () => {
    const { count, store } = arrange(async () => 'applied');
    await withCause({ correlationId: 'c', causationId: 'f' }, () => count('a'));
    await count('b');
    const [first, second] = await store.read('tally-1');
    expect(first).toMatchObject({ correlationId: 'c', causationId: 'f' });
    expect(second!.correlationId).not.toBe('c');
  });
});
