/** What allocation must be told beside what every service is. */

import { SPOT_RESERVE } from '@tokenos/domain/placement/admission';
import { z } from 'zod';

export const allocationConfig = z.object({
  ALLOCATION_SPOT_RESERVE: z.coerce
    .number()
    .int()
    .min(0)
    .default(SPOT_RESERVE)
    .describe('idle GPUs of each class that new SPOT rentals leave alone'),
  ALLOCATION_CANARY_GATEWAY: z.url().optional().describe('ws:// or wss:// of the gateway to which the canary connects'),
  ALLOCATION_CANARY_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{64}$/)
    .optional()
    .describe("the canary's Ed25519 private key: PKCS #8, DER, base64"),
});

export type AllocationConfig = z.output<typeof allocationConfig>;
