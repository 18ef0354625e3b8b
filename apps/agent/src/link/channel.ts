/** One thing running in a sandbox as seen over the link: its byte lanes and its few control messages. */

import { EventEmitter } from 'node:events';
import type { Frame, FrameKind } from './frames.js';
import { LinkError } from './frames.js';
import { Lane } from './lane.js';

export interface TerminalSize {
  readonly cols: number;
  readonly rows: number;
}

export type ChannelRequest =
  /** `command` null is a login shell; `pty` null means plain pipes. */
  | {
      readonly kind: 'run';
      readonly command: string | null;
      readonly pty: (TerminalSize & { readonly term: string }) | null;
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'sftp' }
  /** A TCP connection from within the sandbox's network. */
  | { readonly kind: 'connect'; readonly host: string; readonly port: number };

export interface Exit {
  readonly code: number | null;
  /** A signal's name, e.g. SIGTERM. */
  readonly signal: string | null;
  /** Why it could not be run or reached. */
  readonly error: string | null;
}

interface ChannelEvents {
  opened: [];
  exit: [Exit];
  resize: [TerminalSize];
  signal: [string];
  close: [];
}

export type SendFrame = (kind: FrameKind, stream: number, payload: Buffer) => void;

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

/** Ids are even: `id` carries stdin and stdout, `id + 1` carries stderr. */
export class Channel extends EventEmitter<ChannelEvents> {
  readonly io: Lane;
  readonly err: Lane;

  constructor(
    readonly id: number,
    private readonly send: SendFrame,
  ) {
    super();
    this.io = new Lane((kind, payload) => send(kind, id, payload));
    this.err = new Lane((kind, payload) => send(kind, id + 1, payload));
  }

  resize(size: TerminalSize): void {
    this.send('resize', this.id, json(size));
  }

  signal(name: string): void {
    this.send('signal', this.id, Buffer.from(name));
  }

  /** The agent's side: nobody listens any more; the other end hangs up. */
  close(): void {
    this.send('close', this.id, json(null));
    this.drop();
  }

  /** The sandbox's side: a connection stands. */
  opened(): void {
    this.send('opened', this.id, json(null));
  }

  /** The sandbox's side: over, once every byte of both lanes was sent. */
  exit(exit: Exit): void {
    this.send('exit', this.id, json(exit));
  }

  receive({ kind, stream, payload }: Frame): void {
    const lane = stream === this.id ? this.io : this.err;
    if (kind === 'data') lane.receive(payload);
    else if (kind === 'eof') lane.receiveEnd();
    else if (kind === 'credit') lane.grant(payload);
    else if (kind === 'opened') this.emit('opened');
    else if (kind === 'close') this.emit('close');
    else if (kind === 'signal') this.emit('signal', payload.toString());
    else if (kind === 'resize') this.emit('resize', JSON.parse(payload.toString()) as TerminalSize);
    else if (kind === 'exit') this.#over(readExit(payload));
    else throw new LinkError(`unexpected ${kind}`);
  }

  #over(exit: Exit): void {
    this.io.finishReading();
    this.err.finishReading();
    this.emit('exit', exit);
  }

  drop(): void {
    this.io.destroy();
    this.err.destroy();
  }
}

/** The exit comes from the sandbox, so its shape is checked. */
function readExit(payload: Buffer): Exit {
  const value = parsed(payload);
  const text = (field: unknown): string | null => (typeof field === 'string' ? field.slice(0, 200) : null);
  const code = value['code'];
  return {
    code: typeof code === 'number' && Number.isInteger(code) && code >= 0 && code <= 255 ? code : null,
    signal: text(value['signal']),
    error: text(value['error']),
  };
}

function parsed(payload: Buffer): Readonly<Record<string, unknown>> {
  const value: unknown = JSON.parse(payload.toString());
  if (typeof value !== 'object' || value === null) throw new LinkError('malformed exit');
  return value as Readonly<Record<string, unknown>>;
}
