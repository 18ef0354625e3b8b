/** One of our own programs as a child process: ready when it prints its JSON line, and ended with us, however we end. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Life } from './supervised.js';
import { NotReady, whenReady } from './when-ready.js';

export interface ProgramOptions {
  readonly name: string;
  /** Below the repository's root, where bootstrap and jest run us: `apps/gateway/dist/main.js`. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Without a word of progress for so long it will never be ready. */
  readonly silentMs?: number;
}

export interface Program extends Life {
  /** The JSON object it printed when it was ready. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Ends it in good order, by force after twelve seconds. Safe to call twice. */
  stop(): Promise<void>;
}

/** A service that has to catch up with many facts says so every few seconds. */
const SILENT_MS = 60_000;
const STOP_WITHIN_MS = 12_000;

/** `setpriv --pdeathsig` has the kernel end the child when we die; its own session keeps Ctrl-C away, so that we end things in order. */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { name, script, args = [], env = {}, logFile, silentMs = SILENT_MS } = options;
  const log = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
  const command = ['--pdeathsig=TERM', '--', process.execPath, join(process.cwd(), script), ...args];
  const child = spawn('setpriv', command, {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', TZ: 'UTC', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  child.stderr.pipe(log, { end: false });
  const exited = once(child, 'exit').then(() => undefined);
  const lines = createInterface({ input: child.stdout });
  let lastWords = '';
  child.stderr.on('data', (chunk: Buffer) => (lastWords = (lastWords + chunk.toString()).slice(-2_000)));
  lines.on('line', (line) => log.write(`${line}\n`));
  const ended = new Promise<never>((_, reject) => {
    child.once('error', reject);
    void exited.then(() => reject(new Error(`${name} ended before it was ready:\n${lastWords.trim()}`)));
  });
  const ready = await whenReady({ name, lines, ended, silentMs }).catch((error: unknown) => {
    child.kill('SIGKILL');
    if (error instanceof NotReady) error.message += `. Its last words:\n${lastWords.trim()}`;
    throw error;
  });
  void exited.then(() => log.end());
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    const force = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
    await exited;
    clearTimeout(force);
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await exited;
  };
  return { pid: child.pid ?? 0, ready, exited, stop, kill };
}
