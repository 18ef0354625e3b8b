import { rentalStream } from '@tokenos/contracts/facts/streams';
import { fold } from '@tokenos/domain/decider';
import * as facts from '@tokenos/testing/generators/sample-facts';
import { LiveFacts } from '../facts/live-facts.js';
import { WaitingRoom } from './waiting-room.js';

const unpaid = fold(rentalStream.decider, [facts.requested]);
const over = fold(rentalStream.decider, [facts.requested, facts.expired]);
const never = new AbortController().signal;

function room() {
  const rentals = { state: unpaid, looks: 0 };
  const find = () => {
    rentals.looks += 1;
    return Promise.resolve({ state: rentals.state, envelopes: [] });
  };
  const live = new LiveFacts(undefined as never, undefined as never);
  return { rentals, live, waiting: new WaitingRoom({ find } as never, live) };
}

describe('a buyer who waits', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  it('is answered by a fact, without a look in between', async () => {
    const { rentals, live, waiting } = room();
    const answer = waiting.accessWithin('buyer-1', facts.RENTAL, 60_000, never);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(rentals.looks).toBe(1);
    rentals.state = over;
    live.tell({ stream: `rental-${facts.RENTAL}` } as never);
    expect((await answer).kind).toBe('over');
    expect(rentals.looks).toBe(2);
  });

  it('is answered in a while, even if the fact was never heard of', async () => {
    const { rentals, waiting } = room();
    const answer = waiting.accessWithin('buyer-1', facts.RENTAL, 60_000, never);
    await jest.advanceTimersByTimeAsync(1_000);
    rentals.state = over;
    await jest.advanceTimersByTimeAsync(5_000);
    expect((await answer).kind).toBe('over');
  });

  it('does not hold up the way down', async () => {
    const { waiting } = room();
    const answer = waiting.accessWithin('buyer-1', facts.RENTAL, 60_000, never);
    await jest.advanceTimersByTimeAsync(1_000);
    waiting.onModuleDestroy();
    expect((await answer).kind).toBe('unpaid');
  });

  it('who hangs up is forgotten', async () => {
    const { rentals, waiting } = room();
    const caller = new AbortController();
    const answer = waiting.accessWithin('buyer-1', facts.RENTAL, 60_000, caller.signal);
    await jest.advanceTimersByTimeAsync(1_000);
    caller.abort();
    await answer;
    await jest.advanceTimersByTimeAsync(20_000);
    expect(rentals.looks).toBe(2);
  });
});
