/** One running sandbox: a bubblewrap process, the init in it, and the link between that init and the agent. */

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { Duplex, Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { Link } from '../link/link.js';
import { LINK_FD } from '../inside/settings.js';
import { INFO_FD, sandboxArguments, type SandboxSpec } from './arguments.js';
import { hostMounts } from './host.js';

const ARGS_FD = INFO_FD + 1;
const START_LIMIT_MS = 10_000;
const STDERR_KEPT = 2_000;

export interface Sandbox {
  readonly link: Link;
  /** The sandbox's process 1, as the host numbers it. */
  readonly pid: number;
  /** Settles, with what was last said on stderr, when the last process of the sandbox is gone. */
  readonly gone: Promise<string>;
  /** Kills everything in it; resolves when the last process is gone. Idempotent. */
  kill(): Promise<void>;
}

/** Resolves when the init is up and has dropped its privileges. Throws an Error with bubblewrap's own words otherwise. */
export async function startSandbox(spec: SandboxSpec): Promise<Sandbox> {
  const { layout, command } = sandboxArguments(spec, hostMounts());
  const child = spawn('bwrap', ['--args', String(ARGS_FD), '--', ...command], {
    cwd: '/',
    // Nothing of the agent's environment; its own session, so that Ctrl-C in the operator's terminal reaches only the agent.
    env: { PATH: process.env['PATH'] },
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe', 'pipe'],
  });
  // Not on the command line, which the buyer can read inside: it names the host's directories.
  const argumentPipe = child.stdio[ARGS_FD] as Writable;
  argumentPipe.on('error', () => undefined);
  argumentPipe.end(layout.map((argument) => `${argument}\0`).join(''));
  const lastWords = keepTail(child.stderr as Readable);
  const pid = { value: null as number | null };
  const left = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', () => resolve(lastWords()));
  });
  const gone = left.then(async (words) => {
    if (pid.value !== null) await ended(pid.value);
    return words;
  });
  const link = new Link(child.stdio[LINK_FD] as Duplex, false);
  // Killing process 1 makes the kernel kill the rest; bubblewrap leaves once it has reaped it.
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      killNow(pid.value ?? child.pid);
    link.destroy('the sandbox was ended');
    await gone;
  };
  try {
    const failure = gone.then((words): never => {
      throw new Error(`bubblewrap ended: ${words}`);
    });
    failure.catch(() => undefined);
    const up = once(link, 'hello', { signal: AbortSignal.timeout(START_LIMIT_MS) });
    up.catch(() => undefined);
    pid.value = await Promise.race([readChildPid(child), failure]);
    await Promise.race([up, failure]);
    return { link, pid: pid.value, gone, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone already.
  }
}

/** bubblewrap may leave a moment before process 1 does. A zombie has no processes left below it. */
async function ended(pid: number): Promise<void> {
  for (;;) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
    if (stat === null || /\) [ZX] /.test(stat)) return;
    killNow(pid);
    await sleep(5);
  }
}

/** Reads to the end: bubblewrap writes in pieces, and a pipe closed under it would kill it. */
async function readChildPid(child: ChildProcess): Promise<number> {
  let text = '';
  for await (const chunk of child.stdio[INFO_FD] as Readable) text += String(chunk);
  const [, pid] = /"child-pid":\s*(\d+)/.exec(text) ?? [];
  if (pid === undefined) throw new Error('bubblewrap did not name its child');
  return Number(pid);
}

function keepTail(stream: Readable): () => string {
  let tail = '';
  stream.on('data', (chunk: Buffer) => (tail = (tail + chunk.toString()).slice(-STDERR_KEPT)));
  return () => tail.trim();
}
