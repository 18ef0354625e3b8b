/** The SFTP subsystem inside the sandbox: what `scp` and `sftp` speak. One request at a time, so answers keep their order. */

import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { errorCode } from '../../error-code.js';
import type { Channel } from '../../link/channel.js';
import { Handles } from './handles.js';
import { EXTENSIONS, OPERATIONS, replyTo } from './operations.js';
import { blob, packet, PacketReader, packets, SFTP, STATUS, u32 } from './packets.js';

const VERSION = 3;

export async function serveSftp(channel: Channel, home: string): Promise<void> {
  const handles = new Handles();
  const gone = new AbortController();
  channel.on('close', () => gone.abort());
  try {
    for await (const request of packets(channel.io.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>)) {
      const answer = await handle(request, handles, home);
      if (!channel.io.write(answer)) await once(channel.io, 'drain', { signal: gone.signal });
    }
  } finally {
    await handles.closeAll();
  }
  channel.io.end();
  channel.err.end();
  await finished(channel.io, { readable: false });
  channel.exit({ code: 0, signal: null, error: null });
}

/** Answers one packet; whatever goes wrong with a file is a status, never the end of the session. */
export async function handle(request: Buffer, handles: Handles, home: string): Promise<Buffer> {
  const reader = new PacketReader(request);
  const type = reader.u8();
  const id = reader.u32();
  if (type === SFTP.init) {
    return packet(SFTP.version, u32(VERSION), ...EXTENSIONS.flatMap(([name, data]) => [blob(name), blob(data)]));
  }
  const reply = replyTo(id);
  const status = (code: number, message = ''): Buffer => reply(SFTP.status, u32(code), blob(message), blob(''));
  const operation = OPERATIONS[type];
  if (operation === undefined) return status(STATUS.unsupported);
  try {
    return await operation(reader, { handles, home, reply, status });
  } catch (error) {
    return status(codeOf(error), error instanceof Error ? error.message : 'failure');
  }
}

function codeOf(error: unknown): number {
  if (error instanceof RangeError) return STATUS.badMessage;
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return STATUS.noSuchFile;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return STATUS.permissionDenied;
  return STATUS.failure;
}
