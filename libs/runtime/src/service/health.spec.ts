import { report } from './health.js';

describe('readiness', () => {
  it('is given when every check passes', async () => {
    expect(await report({ a: () => undefined, b: () => Promise.resolve() })).toEqual({
      ready: true,
      checks: { a: 'ok', b: 'ok' },
    });
  });

  it('is refused when one throws, rejects or stays silent, and says why', async () => {
    jest.useFakeTimers();
    const asked = report({
      fine: () => undefined,
      thrown: () => {
        throw new Error('disconnected');
      },
      rejected: () => Promise.reject(new Error('no database')),
      silent: () => new Promise(() => undefined),
    });
    await jest.advanceTimersByTimeAsync(2_000);
    jest.useRealTimers();
    expect(await asked).toEqual({
      ready: false,
      checks: { fine: 'ok', thrown: 'disconnected', rejected: 'no database', silent: 'no answer within 2000 ms' },
    });
  });
});
