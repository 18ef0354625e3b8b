/** A machine whose agent is just being started again has not failed: a probe knocks again for a moment before it says that it did. */

import { setTimeout as sleep } from 'node:timers/promises';

/** Wall time. An agent that was killed is back within it; a machine that is gone is found out so much later. */
const PATIENCE_MS = 3_000;
const PAUSE_MS = 250;

/** Null as soon as one try succeeds; else what the last one said. */
export async function probePatiently(
  probe: () => Promise<string | null>,
  { patienceMs = PATIENCE_MS, pauseMs = PAUSE_MS } = {},
): Promise<string | null> {
  for (const until = performance.now() + patienceMs; ; await sleep(pauseMs)) {
    const failure = await probe();
    if (failure === null || performance.now() >= until) return failure;
  }
}
