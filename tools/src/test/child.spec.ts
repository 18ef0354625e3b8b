import { randomInt } from 'node:crypto';
import { run, stop } from './child.js';
import { killLeftovers, leftovers, MARK } from './leftovers.js';

const mark = `child-spec-${process.pid}-${randomInt(1e9)}`;
const env = { ...process.env, [MARK]: mark };
const node = (script: string, limitSeconds = 20): ReturnType<typeof run> => run(['-e', script], env, limitSeconds);

/** Starts a child of its own that would outlive it, then runs on. */
const PARENT = `require('node:child_process').spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60000)']);`;

afterEach(() => {
  killLeftovers(mark);
});

async function allGone(): Promise<boolean> {
  for (let look = 0; look < 100 && leftovers(mark).length > 0; look++) await new Promise((r) => setTimeout(r, 20));
  return leftovers(mark).length === 0;
}

describe('a command of the test run', () => {
  it('succeeds or fails by its exit code', async () => {
    expect(await node('')).toEqual({ succeeded: true, timedOut: false });
    expect(await node('process.exitCode = 1')).toEqual({ succeeded: false, timedOut: false });
  });

  it('takes what it started along when it ends', async () => {
    expect(await node(`${PARENT} setTimeout(() => process.exit(0), 50)`)).toEqual({ succeeded: true, timedOut: false });
    expect(await allGone()).toBe(true);
  });

  it('is stopped with all it started when it takes too long, and has failed', async () => {
    expect(await node(PARENT, 0.3)).toEqual({ succeeded: false, timedOut: true });
    expect(await allGone()).toBe(true);
  });

  it('is stopped with all it started on request', async () => {
    const outcome = node(PARENT);
    setTimeout(stop, 200);
    expect(await outcome).toEqual({ succeeded: false, timedOut: false });
    expect(await allGone()).toBe(true);
  });
});
