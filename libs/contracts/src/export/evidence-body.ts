/** What the hash in a UsageMetered covers: each of its minutes, with the heartbeat and the probe that it was judged by. */

import { z } from 'zod';
import { probeResult } from '../agent/probe.js';
import { heartbeat } from '../agent/protocol.js';

/** Epoch milliseconds, the platform's time: of a heartbeat, when the bus stored it; of a probe, when it began. */
const at = z.int();

export const evidenceBody = z.strictObject({
  rentalId: z.uuid(),
  minutes: z
    .array(
      z.strictObject({
        index: z.int().nonnegative(),
        served: z.boolean(),
        /** The first in the minute that vouches for the rental; null where none did. */
        heartbeat: z.strictObject({ at, message: heartbeat }).nullable(),
        /** The last that began before the minute's end; null where there was none. */
        probe: z.strictObject({ at, message: probeResult }).nullable(),
      }),
    )
    .min(1)
    .max(60),
});
export type EvidenceBody = z.output<typeof evidenceBody>;
export type EvidenceMinute = EvidenceBody['minutes'][number];
