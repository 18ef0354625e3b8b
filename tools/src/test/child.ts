/** Runs one command of the test run in a process group of its own, so that stopping it stops everything it started. */

import { type ChildProcess, spawn } from 'node:child_process';

const GRACE_MS = 5000;

export interface Outcome {
  readonly succeeded: boolean;
  readonly timedOut: boolean;
}

let current: ChildProcess | null = null;

/** Resolves when the command has ended by itself or was stopped after `limitSeconds`; output goes straight to the terminal. */
export function run(args: readonly string[], env: NodeJS.ProcessEnv, limitSeconds: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    current = child;
    let timedOut = false;
    const limit = setTimeout(() => {
      timedOut = true;
      stop();
    }, limitSeconds * 1000);
    const done = (succeeded: boolean): void => {
      clearTimeout(limit);
      signalGroup(child, 'SIGKILL');
      current = null;
      resolve({ succeeded: succeeded && !timedOut, timedOut });
    };
    child.on('error', () => done(false));
    child.on('exit', (code) => done(code === 0));
  });
}

/** Asks the running command's whole group to end, and ends it after a grace period. */
export function stop(): void {
  const child = current;
  if (child === null) return;
  signalGroup(child, 'SIGTERM');
  setTimeout(() => signalGroup(child, 'SIGKILL'), GRACE_MS).unref();
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is empty already.
  }
}
