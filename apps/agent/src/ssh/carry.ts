/** Joins an SSH channel to a channel of the sandbox, in both directions, until either is over. */

import type { Readable, Writable } from 'node:stream';
import type { ServerChannel } from 'ssh2';
import type { Channel, Exit } from '../link/channel.js';

/** Shown where a sandbox could not run something: sshd's own code for that. */
const COULD_NOT_RUN = 255;

/** Words of the machine itself, between those of the program. */
export interface Voice {
  /** With the program's output: for a terminal. */
  say(text: string): void;
  /** On stderr: a program may be reading the output. */
  aside(text: string): void;
}

/** For shells, commands and sftp: stdin, stdout, stderr and an exit status. */
export function carrySession(stream: ServerChannel, channel: Channel): Voice {
  const write = oneAtATime(stream);
  stream.pipe(channel.io);
  stream.stderr.on('error', () => undefined);
  const output = Promise.allSettled([
    pump(channel.io, (chunk) => write(stream, chunk)),
    pump(channel.err, (chunk) => write(stream.stderr, chunk)),
  ]);
  hangUpWith(stream, channel);
  channel.once('exit', (exit) => void output.then(() => finish(stream, exit)));
  return {
    say: (text) => void write(stream, Buffer.from(text)),
    aside: (text) => void write(stream.stderr, Buffer.from(text)),
  };
}

/** For forwards: two byte streams that end separately. */
export function carryForward(stream: ServerChannel, channel: Channel): void {
  const write = oneAtATime(stream);
  stream.pipe(channel.io);
  // ssh2 closes the whole channel when its writable side ends, so only the end of data is announced until both are over.
  const sent = pump(channel.io, (chunk) => write(stream, chunk)).then(() => stream.eof());
  hangUpWith(stream, channel);
  channel.once('exit', () => void sent.finally(() => stream.close()).catch(() => undefined));
}

function hangUpWith(stream: ServerChannel, channel: Channel): void {
  // A client that goes away in the middle of a write is no fault of ours.
  stream.on('error', () => undefined);
  let over = false;
  channel.once('exit', () => (over = true));
  stream.once('close', () => {
    if (!over) channel.close();
  });
}

function finish(stream: ServerChannel, { code, signal, error }: Exit): void {
  if (error !== null) stream.stderr.write(`tokenos: ${error}\r\n`);
  if (signal !== null) stream.exit(signal.replace(/^SIG/, ''), false, '');
  else stream.exit(code ?? COULD_NOT_RUN);
  stream.end();
}

async function pump(from: Readable, write: (chunk: Buffer) => Promise<void>): Promise<void> {
  // The other direction of the lane outlives this one.
  for await (const chunk of from.iterator({ destroyOnReturn: false })) await write(chunk as Buffer);
}

/**
 * ssh2 1.17 keeps the last chunk that waited for the client's window, and sends it again when the other of stdout and
 * stderr waits next. So only one write is under way at a time, and what it left behind is cleared.
 */
function oneAtATime(stream: ServerChannel): (target: Writable, chunk: Buffer) => Promise<void> {
  let turn: Promise<void> = Promise.resolve();
  return (target, chunk) => {
    turn = turn
      .then(() => new Promise<void>((resolve) => target.write(chunk, () => resolve())))
      .then(() => {
        Object.assign(stream, { _chunk: undefined, _chunkcb: undefined, _chunkErr: undefined, _chunkcbErr: undefined });
      });
    return turn;
  };
}
