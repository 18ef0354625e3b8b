/** Where an export comes from: a file, plain or gzipped, or standard input. A source is read once. */

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { BadInput } from '../exit.js';

export interface Source {
  /** As a person gave it. */
  readonly name: string;
  /** Of the file as it lies there; null where nobody knows. */
  readonly sizeBytes: number | null;
  /** How much of that was read so far. */
  readonly readBytes: () => number;
  readonly bytes: AsyncIterable<Buffer>;
}

const CHUNK_BYTES = 1024 * 1024;
const GZIP = Buffer.from([0x1f, 0x8b]);

/** `-` is standard input. Throws BadInput where there is no such file, or no right to read it. */
export async function openFile(path: string): Promise<Source> {
  if (path === '-') return sourceOf('standard input', null, process.stdin);
  const info = await stat(path).catch((error: unknown) => {
    throw refused(path, error);
  });
  if (info.isDirectory()) throw new BadInput(`${path} is a directory`);
  return sourceOf(path, info.size, createReadStream(path, { highWaterMark: CHUNK_BYTES }));
}

function sourceOf(name: string, sizeBytes: number | null, raw: AsyncIterable<Buffer>): Source {
  let read = 0;
  async function* counted(): AsyncGenerator<Buffer> {
    for await (const chunk of raw) {
      read += chunk.length;
      yield chunk;
    }
  }
  async function* bytes(): AsyncGenerator<Buffer> {
    try {
      yield* unzipped(counted());
    } catch (error) {
      throw refused(name, error);
    }
  }
  return { name, sizeBytes, readBytes: () => read, bytes: bytes() };
}

/** Known by its first bytes, because standard input has no name to end in .gz. */
async function* unzipped(raw: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  let head = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const next = await raw.next();
    if (next.done === true) break;
    head = Buffer.concat([head, next.value]);
  }
  const all = Readable.from(following(head, raw), { objectMode: false });
  if (!head.subarray(0, GZIP.length).equals(GZIP)) yield* all as AsyncIterable<Buffer>;
  // Its error comes out where the chunks are taken.
  else yield* pipeline(all, createGunzip({ chunkSize: CHUNK_BYTES }), () => undefined) as AsyncIterable<Buffer>;
}

async function* following(head: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (head.length > 0) yield head;
  yield* rest;
}

/** A fault of the file system or of the archive in words; anything else as it is. */
function refused(name: string, error: unknown): unknown {
  const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return new BadInput(`there is no file ${name}`);
  if (code === 'EACCES' || code === 'EPERM') return new BadInput(`${name} may not be read`);
  if (code === 'EISDIR') return new BadInput(`${name} is a directory`);
  if (code === 'Z_BUF_ERROR') return new BadInput(`${name} is cut off: its gzip has no end`);
  if (code.startsWith('Z_')) return new BadInput(`${name} begins as gzip, and is none: ${code}`);
  return error;
}
