/** Many channels over one socket pair between the agent and the init inside a sandbox. */

import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import { Channel, type ChannelRequest } from './channel.js';
import { encodeFrame, FrameReader, LinkError, type Frame, type FrameKind } from './frames.js';

const EMPTY = Buffer.alloc(0);

interface LinkEvents {
  /** The init is up and has dropped its privileges. */
  hello: [];
  /** Inside the sandbox: the agent asks for something. */
  open: [ChannelRequest, Channel];
  /** The socket is gone or its peer broke the protocol; every channel is dropped. */
  close: [string];
}

export class Link extends EventEmitter<LinkEvents> {
  readonly #channels = new Map<number, Channel>();
  readonly #reader = new FrameReader();
  #next = 2;
  #closed = false;

  /** `serves` is true inside the sandbox, where channels are opened by the other end. */
  constructor(
    private readonly socket: Duplex,
    private readonly serves: boolean,
  ) {
    super();
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.destroy(error.message));
    socket.on('close', () => this.destroy('the link closed'));
    socket.on('end', () => this.destroy('the link ended'));
  }

  get channels(): number {
    return this.#channels.size;
  }

  hello(): void {
    this.#send('hello', 0, EMPTY);
  }

  /** Opens a channel; it ends with exactly one `exit` event. */
  open(request: ChannelRequest): Channel {
    const channel = this.#add(this.#next);
    this.#next += 2;
    if (this.#closed)
      setImmediate(() => channel.emit('exit', { code: null, signal: null, error: 'the sandbox is gone' }));
    this.#send('open', channel.id, Buffer.from(JSON.stringify(request)));
    return channel;
  }

  /** Idempotent. */
  destroy(why: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.socket.destroy();
    for (const channel of [...this.#channels.values()]) {
      if (this.serves) channel.emit('close');
      else channel.emit('exit', { code: null, signal: null, error: why });
      channel.drop();
    }
    this.#channels.clear();
    this.emit('close', why);
  }

  #add(id: number): Channel {
    const channel = new Channel(id, (kind, stream, payload) => {
      this.#send(kind, stream, payload);
      if (kind === 'exit' || kind === 'close') this.#channels.delete(id);
    });
    this.#channels.set(id, channel);
    return channel;
  }

  #send(kind: FrameKind, stream: number, payload: Buffer): void {
    if (!this.#closed) this.socket.write(encodeFrame({ kind, stream, payload }));
  }

  #read(chunk: Buffer): void {
    try {
      for (const frame of this.#reader.push(chunk)) this.#receive(frame);
    } catch (error) {
      this.destroy(error instanceof Error ? error.message : 'unreadable');
    }
  }

  #receive(frame: Frame): void {
    if (frame.kind === 'hello') this.emit('hello');
    else if (frame.kind === 'open') this.#accept(frame);
    else {
      // Frames for a channel that is gone crossed its end on the way: nobody is waiting for them.
      const channel = this.#channels.get(frame.stream & ~1);
      if (channel === undefined) return;
      if (frame.kind === 'exit') this.#channels.delete(channel.id);
      channel.receive(frame);
      if (frame.kind === 'close') channel.drop();
    }
  }

  #accept(frame: Frame): void {
    if (!this.serves) throw new LinkError('only the agent opens channels');
    this.emit('open', JSON.parse(frame.payload.toString()) as ChannelRequest, this.#add(frame.stream));
  }
}
