/** File attributes as SFTP version 3 writes them, and the `ls -l` line that goes with a directory entry. */

import type { Stats } from 'node:fs';
import { type PacketReader, u32, u64 } from './packets.js';

const FLAG = { size: 1, owner: 2, mode: 4, times: 8, extended: 0x80000000 } as const;

export interface Attributes {
  readonly size: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly mode: number | null;
  /** Seconds since the epoch. */
  readonly times: { readonly atime: number; readonly mtime: number } | null;
}

export function encodeStats(stats: Stats): Buffer {
  return Buffer.concat([
    u32(FLAG.size | FLAG.owner | FLAG.mode | FLAG.times),
    u64(stats.size),
    u32(stats.uid),
    u32(stats.gid),
    u32(stats.mode),
    u32(stats.atimeMs / 1000),
    u32(stats.mtimeMs / 1000),
  ]);
}

export function decodeAttributes(reader: PacketReader): Attributes {
  const flags = reader.u32();
  const size = flags & FLAG.size ? reader.u64() : null;
  const owner = flags & FLAG.owner ? { uid: reader.u32(), gid: reader.u32() } : null;
  const mode = flags & FLAG.mode ? reader.u32() : null;
  const times = flags & FLAG.times ? { atime: reader.u32(), mtime: reader.u32() } : null;
  return { size, owner, mode, times };
}

const TYPES: readonly (readonly [number, string])[] = [
  [0o040000, 'd'],
  [0o120000, 'l'],
  [0o100000, '-'],
];

export function longName(name: string, stats: Stats): string {
  const type = TYPES.find(([bits]) => (stats.mode & 0o170000) === bits)?.[1] ?? '?';
  const bits = Array.from('rwxrwxrwx', (letter, index) => (stats.mode & (0o400 >> index) ? letter : '-')).join('');
  const when = stats.mtime.toUTCString().slice(5, 22);
  return `${type}${bits} ${stats.nlink} ${stats.uid} ${stats.gid} ${stats.size} ${when} ${name}`;
}
