/** What each SFTP request does to the sandbox's own files. The sandbox is the only guard: every path its user may touch is allowed. */

import { constants } from 'node:fs';
import {
  chmod,
  lstat,
  lutimes,
  mkdir,
  open,
  opendir,
  readlink,
  realpath,
  link,
  rename,
  rmdir,
  stat,
  symlink,
  truncate,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { decodeAttributes, encodeStats, longName, type Attributes } from './attributes.js';
import type { Handles } from './handles.js';
import { blob, packet, type PacketReader, SFTP, STATUS, u32 } from './packets.js';

const MAX_READ = 128 * 1024;
const ENTRIES_AT_ONCE = 64;
/** Section 6.3 of the draft. */
const OPEN = { read: 1, write: 2, append: 4, create: 8, truncate: 16, exclusive: 32 } as const;

export type Reply = (type: number, ...parts: Buffer[]) => Buffer;

export interface Context {
  readonly handles: Handles;
  readonly home: string;
  readonly reply: Reply;
  readonly status: (code: number, message?: string) => Buffer;
}

type Operation = (request: PacketReader, context: Context) => Promise<Buffer>;

const at = (home: string, path: string): string => resolve(home, path);

/** Writes an operation that ends in "ok" or throws. */
const plain =
  (act: (request: PacketReader, context: Context) => Promise<unknown>): Operation =>
  async (request, context) => {
    await act(request, context);
    return context.status(STATUS.ok);
  };

export const OPERATIONS: Readonly<Record<number, Operation>> = {
  [SFTP.open]: openFile,
  [SFTP.close]: plain((request, { handles }) => handles.close(request.blob())),
  [SFTP.read]: read,
  [SFTP.write]: plain(write),
  [SFTP.lstat]: async (request, { home, reply }) =>
    reply(SFTP.attrs, encodeStats(await lstat(at(home, request.text())))),
  [SFTP.stat]: async (request, { home, reply }) => reply(SFTP.attrs, encodeStats(await stat(at(home, request.text())))),
  [SFTP.fstat]: async (request, { handles, reply }) =>
    reply(SFTP.attrs, encodeStats(await handles.file(request.blob()).file.stat())),
  [SFTP.setstat]: plain((request, { home }) => setAttributes(at(home, request.text()), decodeAttributes(request))),
  [SFTP.fsetstat]: plain((request, { handles }) => {
    const { file } = handles.file(request.blob());
    return setOpenAttributes(file, decodeAttributes(request));
  }),
  [SFTP.opendir]: async (request, { handles, home, reply }) => {
    const path = at(home, request.text());
    return reply(SFTP.handle, blob(await handles.add({ kind: 'directory', path, dir: await opendir(path) })));
  },
  [SFTP.readdir]: readDirectory,
  [SFTP.remove]: plain((request, { home }) => unlink(at(home, request.text()))),
  [SFTP.mkdir]: plain((request, { home }) => {
    const path = at(home, request.text());
    return mkdir(path, (decodeAttributes(request).mode ?? 0o777) & 0o7777);
  }),
  [SFTP.rmdir]: plain((request, { home }) => rmdir(at(home, request.text()))),
  [SFTP.realpath]: async (request, { home, reply }) =>
    reply(SFTP.name, u32(1), named(await canonical(at(home, request.text())))),
  [SFTP.rename]: plain(async (request, { home }) => {
    // Version 3 must not overwrite: a hard link fails where the target exists.
    const [from, to] = [at(home, request.text()), at(home, request.text())];
    if ((await lstat(from)).isDirectory()) return rename(from, to);
    await link(from, to);
    return unlink(from);
  }),
  [SFTP.readlink]: async (request, { home, reply }) =>
    reply(SFTP.name, u32(1), named(await readlink(at(home, request.text())))),
  // OpenSSH sends target before link, against the draft; every client follows OpenSSH.
  [SFTP.symlink]: plain((request, { home }) => {
    const target = request.text();
    return symlink(target, at(home, request.text()));
  }),
  [SFTP.extended]: extended,
};

async function openFile(request: PacketReader, { handles, home, reply }: Context): Promise<Buffer> {
  const path = at(home, request.text());
  const wants = request.u32();
  const { mode } = decodeAttributes(request);
  const access = wants & OPEN.write ? (wants & OPEN.read ? constants.O_RDWR : constants.O_WRONLY) : constants.O_RDONLY;
  const flags =
    access |
    (wants & OPEN.append ? constants.O_APPEND : 0) |
    (wants & OPEN.create ? constants.O_CREAT : 0) |
    (wants & OPEN.truncate ? constants.O_TRUNC : 0) |
    (wants & OPEN.exclusive ? constants.O_EXCL : 0);
  const file = await open(path, flags, (mode ?? 0o666) & 0o7777);
  return reply(SFTP.handle, blob(await handles.add({ kind: 'file', file, append: (wants & OPEN.append) !== 0 })));
}

async function read(request: PacketReader, { handles, reply, status }: Context): Promise<Buffer> {
  const { file } = handles.file(request.blob());
  const offset = request.u64();
  const buffer = Buffer.allocUnsafe(Math.min(request.u32(), MAX_READ));
  const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
  return bytesRead === 0 ? status(STATUS.eof) : reply(SFTP.data, blob(buffer.subarray(0, bytesRead)));
}

async function write(request: PacketReader, { handles }: Context): Promise<void> {
  const { file, append } = handles.file(request.blob());
  let offset: number | null = request.u64();
  if (append) offset = null;
  let rest = request.blob();
  while (rest.length > 0) {
    const { bytesWritten } = await file.write(rest, 0, rest.length, offset);
    rest = rest.subarray(bytesWritten);
    if (offset !== null) offset += bytesWritten;
  }
}

async function readDirectory(request: PacketReader, { handles, reply, status }: Context): Promise<Buffer> {
  const { dir, path } = handles.directory(request.blob());
  const entries: Buffer[] = [];
  while (entries.length < ENTRIES_AT_ONCE) {
    const entry = await dir.read();
    if (entry === null) break;
    // An entry may vanish between its listing and its stat.
    const stats = await lstat(join(path, entry.name)).catch(() => null);
    if (stats === null) continue;
    entries.push(Buffer.concat([blob(entry.name), blob(longName(entry.name, stats)), encodeStats(stats)]));
  }
  return entries.length === 0 ? status(STATUS.eof) : reply(SFTP.name, u32(entries.length), ...entries);
}

/** The last part of a path need not exist. */
async function canonical(path: string): Promise<string> {
  return realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
}

const named = (path: string): Buffer => Buffer.concat([blob(path), blob(path), u32(0)]);

async function setAttributes(path: string, { size, mode, times }: Attributes): Promise<void> {
  if (size !== null) await truncate(path, size);
  if (mode !== null) await chmod(path, mode & 0o7777);
  if (times !== null) await lutimes(path, times.atime, times.mtime);
}

async function setOpenAttributes(
  file: Awaited<ReturnType<typeof open>>,
  { size, mode, times }: Attributes,
): Promise<void> {
  if (size !== null) await file.truncate(size);
  if (mode !== null) await file.chmod(mode & 0o7777);
  if (times !== null) await file.utimes(times.atime, times.mtime);
}

/** OpenSSH's extensions that its clients use when offered. */
export const EXTENSIONS: readonly (readonly [string, string])[] = [
  ['posix-rename@openssh.com', '1'],
  ['hardlink@openssh.com', '1'],
  ['fsync@openssh.com', '1'],
  ['expand-path@openssh.com', '1'],
];

async function extended(request: PacketReader, context: Context): Promise<Buffer> {
  const { handles, home, reply, status } = context;
  const name = request.text();
  if (name === 'posix-rename@openssh.com') await rename(at(home, request.text()), at(home, request.text()));
  else if (name === 'hardlink@openssh.com') await link(at(home, request.text()), at(home, request.text()));
  else if (name === 'fsync@openssh.com') await handles.file(request.blob()).file.sync();
  else if (name === 'expand-path@openssh.com')
    return reply(SFTP.name, u32(1), named(await canonical(at(home, request.text().replace(/^~(?=\/|$)/, home)))));
  else return status(STATUS.unsupported);
  return status(STATUS.ok);
}

/** An answer to request `id`. */
export const replyTo =
  (id: number): Reply =>
  (type, ...parts) =>
    packet(type, u32(id), ...parts);
