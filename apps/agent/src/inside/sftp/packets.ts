/** The bytes of SFTP version 3 (draft-ietf-secsh-filexfer-02): length-prefixed packets of big-endian numbers and strings. */

export const MAX_PACKET = 256 * 1024;

/** Codes of the draft, section 3: requests below 100, answers above, extensions at 200. */
export const SFTP = {
  init: 1,
  version: 2,
  open: 3,
  close: 4,
  read: 5,
  write: 6,
  lstat: 7,
  fstat: 8,
  setstat: 9,
  fsetstat: 10,
  opendir: 11,
  readdir: 12,
  remove: 13,
  mkdir: 14,
  rmdir: 15,
  realpath: 16,
  stat: 17,
  rename: 18,
  readlink: 19,
  symlink: 20,
  status: 101,
  handle: 102,
  data: 103,
  name: 104,
  attrs: 105,
  extended: 200,
} as const;

/** Section 7 of the draft. */
export const STATUS = {
  ok: 0,
  eof: 1,
  noSuchFile: 2,
  permissionDenied: 3,
  failure: 4,
  badMessage: 5,
  unsupported: 8,
} as const;

export class PacketReader {
  #at = 0;
  constructor(private readonly bytes: Buffer) {}

  u8(): number {
    return this.bytes.readUInt8(this.#step(1));
  }

  u32(): number {
    return this.bytes.readUInt32BE(this.#step(4));
  }

  /** Offsets beyond 2^53 are beyond any file. */
  u64(): number {
    return Number(this.bytes.readBigUInt64BE(this.#step(8)));
  }

  blob(): Buffer {
    const length = this.u32();
    const start = this.#step(length);
    if (start + length > this.bytes.length) throw new RangeError('short packet');
    return this.bytes.subarray(start, start + length);
  }

  text(): string {
    return this.blob().toString('utf8');
  }

  #step(size: number): number {
    const start = this.#at;
    this.#at += size;
    return start;
  }
}

export const u8 = (value: number): Buffer => Buffer.from([value]);

export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(value))));
  return bytes;
}

export function blob(value: string | Buffer): Buffer {
  const bytes = Buffer.isBuffer(value) ? value : Buffer.from(value, 'utf8');
  return Buffer.concat([u32(bytes.length), bytes]);
}

export function packet(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat([u8(type), ...parts]);
  return Buffer.concat([u32(body.length), body]);
}

/** The packets of a byte stream, without their length. Throws a RangeError on one larger than MAX_PACKET. */
export async function* packets(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of stream) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.length >= 4) {
      const length = rest.readUInt32BE(0);
      if (length === 0 || length > MAX_PACKET) throw new RangeError('bad packet length');
      if (rest.length < 4 + length) break;
      yield rest.subarray(4, 4 + length);
      rest = rest.subarray(4 + length);
    }
  }
}
