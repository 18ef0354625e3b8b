import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { killLeftovers, leftovers, MARK } from './leftovers.js';

const started: ChildProcess[] = [];

/** A process in a session of its own, as a server that outlives its test would be; ready once /proc shows its environment. */
async function sleeper(run: string): Promise<ChildProcess> {
  const env = { ...process.env, [MARK]: run };
  const child = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 60_000)'], {
    env,
    stdio: 'ignore',
    detached: true,
  });
  started.push(child);
  for (let look = 0; look < 400 && leftovers(run).length === 0; look++) await wait(5);
  return child;
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('what a test run leaves behind', () => {
  it('is found by its mark although it left the process group, and is stopped', async () => {
    const child = await sleeper('run-a');
    const gone = once(child, 'exit');
    expect(killLeftovers('run-a').map(({ pid }) => pid)).toEqual([child.pid]);
    await gone;
    expect(leftovers('run-a')).toEqual([]);
  });

  it('is not confused with what another run started', async () => {
    const child = await sleeper('run-b');
    expect(killLeftovers('run-c')).toEqual([]);
    expect(child.exitCode).toBeNull();
  });
});
