/** Runs a command on plain pipes, as sshd does without a terminal. */

import { spawn } from 'node:child_process';
import { finished } from 'node:stream/promises';
import type { Channel, ChannelRequest } from '../link/channel.js';
import type { InitSettings } from './settings.js';

type Run = Extract<ChannelRequest, { kind: 'run' }>;

export function shellArguments(command: string | null): string[] {
  return command === null ? ['-l'] : ['-c', command];
}

export function runCommand(settings: InitSettings, run: Run, channel: Channel): void {
  const child = spawn(settings.shell, shellArguments(run.command), {
    cwd: settings.home,
    env: { ...settings.env, ...run.env },
    // Its own session, so that a signal reaches the whole command and a disconnect none of its background jobs.
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.on('error', (error) => channel.exit({ code: null, signal: null, error: error.message }));
  // A command may close its stdin early; what is still written to it is lost, as with any pipe.
  child.stdin.on('error', () => undefined);
  channel.io.pipe(child.stdin);
  child.stdout.pipe(channel.io);
  child.stderr.pipe(channel.err);
  channel.on('signal', (name) => signalGroup(child.pid, name));
  channel.on('close', () => {
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
  });
  child.on('close', (code, signal) => {
    void Promise.allSettled([
      finished(channel.io, { readable: false }),
      finished(channel.err, { readable: false }),
    ]).then(() => channel.exit({ code, signal, error: null }));
  });
}

/** `name` as SSH spells it, without SIG. A group that is gone is no fault. */
export function signalGroup(pid: number | undefined, name: string): void {
  if (pid === undefined || !/^[A-Z0-9]{2,9}$/.test(name)) return;
  try {
    process.kill(-pid, `SIG${name}` as NodeJS.Signals);
  } catch {
    return;
  }
}
