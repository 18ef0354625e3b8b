import { Waker } from './waker.js';

describe('a nap', () => {
  it('ends at once when woken', async () => {
    const waker = new Waker();
    const nap = waker.nap(60_000);
    waker.wake();
    await nap;
  });

  it('is not begun when the call came before it, once', async () => {
    const waker = new Waker();
    waker.wake();
    waker.wake();
    await waker.nap(60_000);
    const started = performance.now();
    await waker.nap(30);
    expect(performance.now() - started).toBeGreaterThanOrEqual(25);
  });
});
