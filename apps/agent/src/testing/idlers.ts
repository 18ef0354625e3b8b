/** Strangers at a port: sockets that say nothing, and come back as soon as they are sent away. */

import { connect, type Socket } from 'node:net';

export interface Idlers {
  /** How often one of them was let in. */
  readonly connections: () => number;
  readonly open: () => number;
  stop(): void;
}

/** Each says `says` when it comes in, and nothing more. */
export function idleAt(port: number, count: number, says = ''): Idlers {
  const sockets = new Set<Socket>();
  let [connections, stopped] = [0, false];
  const come = (): void => {
    const socket = connect(port, '127.0.0.1', () => {
      connections += 1;
      if (says !== '') socket.write(says);
    });
    sockets.add(socket);
    // What the other side says is read and forgotten: only so is its end seen.
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      if (!stopped) come();
    });
  };
  for (let n = 0; n < count; n += 1) come();
  return {
    connections: () => connections,
    open: () => [...sockets].filter((socket) => !socket.connecting).length,
    stop: () => {
      stopped = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}
