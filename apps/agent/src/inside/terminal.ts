/** Runs a shell or command on a terminal of the sandbox's own devpts, so that `tty`, tmux and job control work. */

import { constants } from 'node:os';
import { spawn } from '@lydell/node-pty';
import { finished } from 'node:stream/promises';
import type { Channel, ChannelRequest, TerminalSize } from '../link/channel.js';
import { shellArguments, signalGroup } from './command.js';
import type { InitSettings } from './settings.js';

declare module '@lydell/node-pty' {
  /** What its implementation offers beyond its declarations. */
  interface IPty {
    write(data: Buffer): void;
    /** Closes the terminal, which hangs up on what runs in it. */
    destroy(): void;
  }
}

type Run = Extract<ChannelRequest, { kind: 'run' }>;

/** Output kept for a slow client before the program is stopped. node-pty drops what a stopped terminal holds when its program exits, so this is generous. */
const BACKLOG = 1024 * 1024;

const bounded = (cells: number, otherwise: number): number =>
  Number.isInteger(cells) && cells > 0 && cells < 10_000 ? cells : otherwise;

export function runTerminal(settings: InitSettings, run: Run, pty: NonNullable<Run['pty']>, channel: Channel): void {
  const terminal = spawn(settings.shell, shellArguments(run.command), {
    name: pty.term,
    cols: bounded(pty.cols, 80),
    rows: bounded(pty.rows, 24),
    cwd: settings.home,
    env: { ...settings.env, ...run.env },
    // null means bytes; the declared type knows only strings.
    encoding: null,
  });
  let running = true;
  terminal.onData((data) => {
    if (!channel.io.writable || channel.io.write(data) || channel.io.writableLength < BACKLOG) return;
    terminal.pause();
    channel.io.once('drain', () => terminal.resume());
  });
  // Bytes, as above: a split UTF-8 character must arrive as it was typed.
  channel.io.on('data', (chunk: Buffer) => terminal.write(chunk));
  channel.on('resize', (size: TerminalSize) => {
    if (running) terminal.resize(bounded(size.cols, 80), bounded(size.rows, 24));
  });
  channel.on('signal', (name) => signalGroup(terminal.pid, name));
  // The client went away: the terminal hangs up, as a modem would; jobs that ignore the hang-up live on.
  channel.on('close', () => terminal.destroy());
  terminal.onExit(({ exitCode, signal }) => {
    running = false;
    channel.io.end();
    channel.err.end();
    void finished(channel.io, { readable: false })
      .catch(() => undefined)
      .then(() =>
        channel.exit({ code: signal ? null : exitCode, signal: signal ? signalName(signal) : null, error: null }),
      );
  });
}

function signalName(number: number): string | null {
  return Object.entries(constants.signals).find(([, value]) => value === number)?.[0] ?? null;
}
