/** A server we run as a child: it ends when we stop it, and the kernel ends it when we are killed ourselves. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';

export interface LocalServer {
  readonly url: string;
  readonly pid: number;
  /** Settles when the process has ended, whoever ended it. */
  readonly exited: Promise<void>;
  /** Ends it in good order, by force after ten seconds. Safe to call twice. */
  stop(): Promise<void>;
  /** As a power cut does: it and its children at once. Resolves when none of them is left. */
  kill(): Promise<void>;
}

export interface ServerCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly logFile: string;
  /** Asks the server to end now, without waiting for its clients. */
  readonly stopSignal: 'SIGINT' | 'SIGTERM';
  /** setpriv's options for dropping privileges, if any. */
  readonly privileges?: readonly string[];
}

export interface ServerProcess extends Omit<LocalServer, 'url' | 'kill'> {
  readonly hasExited: () => boolean;
  /** The end of its log, for an error message. */
  readonly lastWords: () => string;
}

/**
 * `setpriv --pdeathsig` makes the kernel signal the server when this process dies, however it dies. A session of its own
 * keeps a terminal's Ctrl-C away, so that servers end after the services that use them.
 */
export async function startProcess(command: ServerCommand): Promise<ServerProcess> {
  const log = openSync(command.logFile, 'a', 0o600);
  const signal = command.stopSignal.slice('SIG'.length);
  const child = spawn(
    'setpriv',
    [`--pdeathsig=${signal}`, ...(command.privileges ?? []), '--', command.program, ...command.args],
    { cwd: command.cwd, env: serverEnvironment(), stdio: ['ignore', log, log], detached: true },
  );
  closeSync(log);
  await once(child, 'spawn').catch((cause: unknown) => {
    throw new Error('cannot run setpriv (it belongs to util-linux)', { cause });
  });
  const exited = once(child, 'exit').then(() => undefined);
  const hasExited = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? 0,
    exited,
    hasExited,
    lastWords: () => readFileSync(command.logFile, 'utf8').trimEnd().split('\n').slice(-8).join('\n'),
    stop: () => endProcess(child, exited, command.stopSignal),
  };
}

/** Nothing of ours leaks into a server: secrets in our environment least of all. */
export const serverEnvironment = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' });

async function endProcess(child: ChildProcess, exited: Promise<void>, signal: NodeJS.Signals): Promise<void> {
  child.kill(signal);
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await exited;
  clearTimeout(force);
}
