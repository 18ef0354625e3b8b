/** A way to a server that can be cut: for specs of what happens when connections break and answers get lost. */

import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

export interface Wire {
  /** On 127.0.0.1. */
  readonly port: number;
  /** Breaks every connection at once; new ones may be made. */
  cut(): void;
  /** From now until the next cut the server hears everything, and nothing it says arrives. */
  loseAnswers(): void;
  close(): Promise<void>;
}

export async function wireTo(port: number, host = '127.0.0.1'): Promise<Wire> {
  const sockets = new Set<Socket>();
  let answersAreLost = false;
  const server = createServer((near) => {
    const far = connect(port, host);
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
      });
    }
    near.on('data', (chunk) => far.write(chunk));
    far.on('data', (chunk) => {
      if (!answersAreLost) near.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const cut = (): void => {
    answersAreLost = false;
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as AddressInfo).port,
    cut,
    loseAnswers() {
      answersAreLost = true;
    },
    async close() {
      const closed = once(server, 'close');
      server.close();
      cut();
      await closed;
    },
  };
}

/** Call at the top of a spec: one wire for the whole file, to a port that is known once the servers run. */
export function withWire(port: () => number): () => Wire {
  let wire: Wire | undefined;
  beforeAll(async () => {
    wire = await wireTo(port());
  });
  afterAll(async () => {
    await wire?.close();
  });
  return () => {
    if (wire === undefined) throw new Error('the wire is there only while tests run');
    return wire;
  };
}
