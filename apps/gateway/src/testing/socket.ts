/** A WebSocket client that keeps what it hears. */

import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface TestSocket<Message = unknown> {
  readonly messages: Message[];
  readonly protocol: string;
  readonly closed: Promise<number>;
  send(message: unknown): void;
  close(): void;
}

export interface SocketOptions {
  readonly token?: string;
  readonly protocols?: string[];
}

/** Rejects where the handshake is refused, with the status in the message. */
export async function openSocket<Message>(
  url: string,
  parse: (text: string) => Message,
  { token, protocols = [] }: SocketOptions,
): Promise<TestSocket<Message>> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const socket = new WebSocket(url.replace(/^http/, 'ws'), protocols, { headers });
  const messages: Message[] = [];
  socket.on('message', (data: Buffer) => messages.push(parse(data.toString())));
  await once(socket, 'open');
  const closed = once(socket, 'close').then(([code]) => code as number);
  return {
    messages,
    closed,
    protocol: socket.protocol,
    send: (message) => socket.send(JSON.stringify(message)),
    close: () => socket.close(),
  };
}
