/** Empties Surfpool's event queue, which would otherwise grow for ever, and hands its news to whoever needs it. */

import type { Surfnet, SurfnetEvent } from './surfnet.js';

const EVERY_MS = 20;

export interface Listener {
  /** A transaction was executed without an error; it is not confirmed yet. */
  onTransaction(signature: string): void;
  onEvents(events: readonly SurfnetEvent[]): void;
}

/** Returns the function that ends it. */
export function pumpEvents(surfnet: Surfnet, listener: Listener): () => void {
  const timer = setInterval(() => {
    const events = surfnet.drainEvents();
    for (const { kind, transactionSignature, errorMessage } of events) {
      if (kind !== 'transactionProcessed' || transactionSignature === undefined) continue;
      if (errorMessage === undefined) listener.onTransaction(transactionSignature);
    }
    listener.onEvents(events);
  }, EVERY_MS);
  return () => clearInterval(timer);
}
