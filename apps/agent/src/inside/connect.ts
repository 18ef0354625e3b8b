/** Opens a TCP connection from within the sandbox's own network: the far end of a local forward. */

import { connect as dial } from 'node:net';
import type { Channel, ChannelRequest } from '../link/channel.js';

type Connect = Extract<ChannelRequest, { kind: 'connect' }>;

export function connect({ host, port }: Connect, channel: Channel): void {
  const socket = dial({ host, port, allowHalfOpen: true, noDelay: true });
  socket.once('connect', () => {
    channel.opened();
    socket.pipe(channel.io);
    channel.io.pipe(socket);
  });
  let failure: string | null = null;
  socket.on('error', (error) => (failure = error.message));
  socket.on('close', () => channel.exit({ code: failure === null ? 0 : null, signal: null, error: failure }));
  channel.on('close', () => socket.destroy());
}
