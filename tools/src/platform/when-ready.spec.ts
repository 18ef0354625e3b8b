import { EventEmitter } from 'node:events';
import { whenReady } from './when-ready.js';

describe('waiting for a program to be ready', () => {
  beforeEach(() => jest.useFakeTimers());
  afterEach(() => jest.useRealTimers());

  const listen = () => {
    const lines = new EventEmitter<{ line: [string] }>();
    let end: (error: Error) => void = () => undefined;
    const ended = new Promise<never>((_, reject) => (end = reject));
    const waiting = whenReady({ name: 'gateway', lines, ended, silentMs: 60_000 });
    let outcome = 'waiting';
    waiting.then(
      () => (outcome = 'ready'),
      (error: unknown) => (outcome = (error as Error).message),
    );
    const says = (value: object): boolean => lines.emit('line', JSON.stringify(value));
    const after = async (ms: number): Promise<string> => {
      await jest.advanceTimersByTimeAsync(ms);
      return outcome;
    };
    return { lines, waiting, says, after, end };
  };

  it('gives what it printed, and hears nothing else in its log', async () => {
    const { lines, waiting, says } = listen();
    lines.emit('line', 'a warning of node');
    lines.emit('line', '{not json');
    says({ level: 30, msg: 'Nest starts' });
    says({ ready: true, url: 'http://127.0.0.1:1' });
    expect(await waiting).toEqual({ ready: true, url: 'http://127.0.0.1:1' });
    expect(lines.listenerCount('line')).toBe(0);
  });

  it('takes as long as it gets on', async () => {
    const { says, after } = listen();
    for (let facts = 10_000; facts <= 1_000_000; facts += 10_000) {
      says({ catchingUp: true, service: 'gateway', facts });
      expect(await after(59_000)).toBe('waiting');
    }
    says({ ready: true });
    expect(await after(0)).toBe('ready');
  });

  it('ends with it, and leaves nothing behind that waits', async () => {
    const { end, after, lines } = listen();
    end(new Error('gateway ended'));
    expect(await after(0)).toBe('gateway ended');
    expect([jest.getTimerCount(), lines.listenerCount('line')]).toEqual([0, 0]);
  });

  it.each([
    ['says nothing', { level: 30, msg: 'still here' }],
    ['says the same all the time', { catchingUp: true, service: 'gateway', facts: 10_000 }],
  ])('is over for one that %s', async (_, line) => {
    const { says, after } = listen();
    says(line);
    expect(await after(59_000)).toBe('waiting');
    says(line);
    expect(await after(1_001)).toContain('gateway was not ready in time');
  });
});
