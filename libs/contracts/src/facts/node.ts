/** Wire form, version 1, of every fact on a node's stream. */

import { GPU_TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { count, id, microUsdc, text, utcDay } from './codec.js';

const nothing = z.strictObject({});

export const nodeFacts = {
  'NodeEnrolled.v1': z.strictObject({
    nodeId: id,
    operatorId: id,
    nodeKey: text,
    gpuTier: z.enum(GPU_TIERS),
    gpus: z.array(z.strictObject({ uuid: id, model: text })).min(1),
    simulated: z.boolean(),
    region: text,
    country: text,
    sshHost: text,
    sshPort: z.int().min(1).max(65_535),
    hostKey: text,
  }),
  'NodePriced.v1': z.strictObject({ rateMicroUsdcPerHour: microUsdc }),
  'NodeVerified.v1': z.strictObject({ hostKey: text }),
  'NodeRejected.v1': z.strictObject({ why: text }),
  'NodeDrained.v1': nothing,
  'NodeResumed.v1': nothing,
  'NodeRetired.v1': nothing,
  'NodePueDeclared.v1': z.strictObject({ puePercent: z.int().min(100).max(300) }),
  'NodeUptimeRecorded.v1': z.strictObject({
    rules: text,
    day: utcDay,
    expectedMinutes: count,
    servedMinutes: count,
    platformFaultMinutes: count,
  }),
};
