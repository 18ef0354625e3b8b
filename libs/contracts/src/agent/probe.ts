/** A platform probe's result, on `telemetry.node.<id>.probe`: evidence for metering, kept 24 h. */

import { z } from 'zod';

export const probeResult = z.strictObject({
  nodeId: z.uuid(),
  rentalId: z.uuid(),
  attempt: z.int().positive(),
  beganAt: z.iso.datetime(),
  succeeded: z.boolean(),
  /** Why it failed; null on success. */
  detail: z.string().nullable(),
});
export type ProbeResult = z.infer<typeof probeResult>;
