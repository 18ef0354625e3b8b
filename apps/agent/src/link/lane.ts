/** One duplex byte stream of a link, with a credit window, so that a reader who stalls stops only its own writer. */

import { Duplex } from 'node:stream';
import { LinkError } from './frames.js';

/** Bytes that may be under way, per lane and direction, before the reader grants more. */
export const WINDOW = 256 * 1024;
const CHUNK = 32 * 1024;
const EMPTY = Buffer.alloc(0);

export type LaneSend = (kind: 'data' | 'eof' | 'credit', payload: Buffer) => void;

export class Lane extends Duplex {
  /** What we may still send. */
  #credit = WINDOW;
  /** What we received and have not granted again. */
  #held = 0;
  #blocked: (() => void) | null = null;
  #ended = false;
  readonly #send: LaneSend;

  constructor(send: LaneSend) {
    super({ allowHalfOpen: true, highWaterMark: WINDOW / 2 });
    this.#send = send;
    // A lane is dropped whenever its channel goes; whoever pipes it notices the close.
    this.on('error', () => undefined);
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    let rest = chunk;
    while (rest.length > 0 && this.#credit > 0) {
      const part = rest.subarray(0, Math.min(CHUNK, this.#credit));
      this.#credit -= part.length;
      this.#send('data', part);
      rest = rest.subarray(part.length);
    }
    if (rest.length === 0) return done();
    this.#blocked = () => this._write(rest, 'binary', done);
  }

  override _final(done: (error?: Error | null) => void): void {
    this.#send('eof', EMPTY);
    done();
  }

  override _read(): void {
    if (this.#held === 0) return;
    const payload = Buffer.alloc(4);
    payload.writeUInt32BE(this.#held);
    this.#held = 0;
    this.#send('credit', payload);
  }

  /** Bytes from the other end. Throws a LinkError if it sends more than it was granted. */
  receive(payload: Buffer): void {
    this.#held += payload.length;
    if (this.#held > WINDOW || this.#ended) throw new LinkError('more data than was granted');
    if (!this.destroyed && this.push(payload)) this._read();
  }

  receiveEnd(): void {
    if (this.#ended) throw new LinkError('ended twice');
    this.#ended = true;
    if (!this.destroyed) this.push(null);
  }

  /** Its channel is over: nothing more will come. */
  finishReading(): void {
    if (!this.#ended) this.receiveEnd();
  }

  grant(payload: Buffer): void {
    if (payload.length !== 4) throw new LinkError('malformed credit');
    this.#credit = Math.min(WINDOW, this.#credit + payload.readUInt32BE(0));
    const resume = this.#blocked;
    this.#blocked = null;
    resume?.();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#blocked = null;
    done(error);
  }
}
