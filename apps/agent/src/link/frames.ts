/** The frames that the agent and the init inside a sandbox exchange over one socket pair. The agent trusts nothing in them. */

/** A frame is: payload length (u32), kind (u8), stream id (u32), payload. All big-endian. */
const HEADER = 9;
export const MAX_PAYLOAD = 64 * 1024;

export const FRAME_KINDS = [
  'hello',
  'open',
  'opened',
  'data',
  'eof',
  'credit',
  'resize',
  'signal',
  'exit',
  'close',
] as const;
export type FrameKind = (typeof FRAME_KINDS)[number];

export interface Frame {
  readonly kind: FrameKind;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The other end broke the protocol: the link is torn down, and with it the sandbox. */
export class LinkError extends Error {}

export function encodeFrame({ kind, stream, payload }: Frame): Buffer {
  const frame = Buffer.allocUnsafe(HEADER + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.writeUInt8(FRAME_KINDS.indexOf(kind), 4);
  frame.writeUInt32BE(stream, 5);
  payload.copy(frame, HEADER);
  return frame;
}

/** Cuts a byte stream into frames, however it was chopped. Throws a LinkError on an unknown kind or an oversized payload. */
export class FrameReader {
  #rest: Buffer = Buffer.alloc(0);

  *push(chunk: Buffer): Generator<Frame> {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= HEADER) {
      const length = this.#rest.readUInt32BE(0);
      const kind = FRAME_KINDS[this.#rest.readUInt8(4)];
      if (kind === undefined || length > MAX_PAYLOAD) throw new LinkError('malformed frame');
      if (this.#rest.length < HEADER + length) return;
      const frame = { kind, stream: this.#rest.readUInt32BE(5), payload: this.#rest.subarray(HEADER, HEADER + length) };
      this.#rest = this.#rest.subarray(HEADER + length);
      yield frame;
    }
  }
}
