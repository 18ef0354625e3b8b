/** When a message arrives: a consumer that notes each by its id for whoever waits for it. */

import type { Bus } from '@tokenos/runtime/bus/bus';

export interface Arrivals {
  /** Resolves to `performance.now()` at the arrival. Ask before the message is sent. Throws after ten seconds. */
  of(id: string): Promise<number>;
  close(): Promise<void>;
}

const WAIT_MS = 10_000;

/** Everything that comes into a JetStream stream from now on. */
export async function arrivalsFrom(bus: Bus, stream: string): Promise<Arrivals> {
  const waiting = new Map<string, (at: number) => void>();
  const consumer = await bus.jetstream.consumers.get(stream);
  const messages = await consumer.consume({
    callback: ({ headers }) => {
      const at = performance.now();
      waiting.get(headers?.get('Nats-Msg-Id') ?? '')?.(at);
    },
  });
  return {
    of: (id) =>
      new Promise((resolve, reject) => {
        const late = setTimeout(() => reject(new Error(`${id} never came by ${stream}`)), WAIT_MS);
        waiting.set(id, (at) => {
          clearTimeout(late);
          waiting.delete(id);
          resolve(at);
        });
      }),
    close: async () => {
      await messages.close();
    },
  };
}
