/** A catch-up subscription over any store that can read on from a position and ring a bell when there is more. */

import type { EventEmitter } from 'node:events';
import type { Recorded } from './envelope.js';

export interface Followed {
  readAll(after: string | null, limit: number): Promise<readonly Recorded[]>;
  /** Rings when there may be more; a ring while we read is remembered. */
  readonly bell: EventEmitter<{ ring: [] }>;
  /** Looks again after this long even if nothing rang: a notice can be lost. */
  readonly pollMs: number;
}

const BATCH = 500;

/** Yields every fact after a position, for ever. What reading throws ends it; the signal ends it quietly, and at once. */
export async function* follow(
  { readAll, bell, pollMs }: Followed,
  after: string | null,
  signal: AbortSignal,
): AsyncGenerator<Recorded, void, void> {
  let position = after;
  let rung = false;
  let wake = (): void => undefined;
  const ring = (): void => {
    rung = true;
    wake();
  };
  bell.on('ring', ring);
  signal.addEventListener('abort', ring);
  try {
    while (!signal.aborted) {
      rung = false;
      const batch = await readAll(position, BATCH);
      for (const recorded of batch) {
        if (signal.aborted) return;
        yield recorded;
        position = recorded.position;
      }
      if (batch.length === BATCH || rung) continue;
      let poll: NodeJS.Timeout | undefined;
      await new Promise<void>((resolve) => {
        wake = resolve;
        poll = setTimeout(resolve, pollMs);
      });
      clearTimeout(poll);
    }
  } finally {
    bell.off('ring', ring);
    signal.removeEventListener('abort', ring);
  }
}
