/** Asking for a GPU: the first of the three calls, and its answer, which is all that a wallet needs to know. */

import { GPU_TIERS, MAX_GPUS_PER_RENTAL, RESERVED_DAYS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { amounts, usdcInput } from './money.js';

const one = { required: ['durationDays'] };
const other = { required: ['durationMinutes'] };

/** Of the sandbox: absolute, or below the home folder. */
export const checkpointPath = z
  .string()
  .min(1)
  .max(512)
  .regex(/^(?!.*(?:^|\/)\.\.(?:\/|$))[\w@%+=:,./~-]+$/, 'expected a plain path without ..');

export const rentalRequest = z
  .strictObject({
    gpuTier: z.string().meta({ enum: [...GPU_TIERS] }),
    gpuCount: z.int().default(1).meta({ minimum: 1, maximum: MAX_GPUS_PER_RENTAL }),
    tier: z.enum(TIERS).default('ON_DEMAND'),
    durationDays: z
      .int()
      .optional()
      .meta({ description: `RESERVED takes ${RESERVED_DAYS.join(', ')} only` }),
    durationMinutes: z.int().optional(),
    region: z
      .string()
      .regex(/^[a-z]{2}(-[a-z0-9]+)*$/)
      .max(32)
      .optional(),
    maxHourlyPrice: usdcInput.optional().describe('per GPU-hour, at this tier; unsaid: what the best machine asks now'),
    minReputation: z.int().min(0).max(100).optional(),
    maxWaitSeconds: z
      .int()
      .optional()
      .describe('paid but not running within this time: everything goes back; 60 unless said'),
    allowQueue: z
      .boolean()
      .default(false)
      .describe('no machine is free: take the request all the same, and wait for one for maxWaitSeconds'),
    sshPublicKeys: z.array(z.string().min(1).max(2_000)).min(1).max(8).optional(),
    label: z.string().max(100).optional(),
    checkpointPath: checkpointPath.optional().describe('a folder that is saved before the rental is preempted'),
  })
  .refine((body) => (body.durationDays === undefined) !== (body.durationMinutes === undefined), {
    error: 'give durationDays or durationMinutes, exactly one of them',
    path: ['durationDays'],
  })
  .meta({ oneOf: [one, other] });
export type RentalRequestBody = z.output<typeof rentalRequest>;

export const quoteAnswer = z.strictObject({
  rules: z.string(),
  tier: z.enum(TIERS),
  tierBps: z.int(),
  feeBps: z.int(),
  gpuTier: z.enum(GPU_TIERS),
  gpuCount: z.int(),
  minutes: z.int(),
  ...amounts('cap', 'price', 'surplus', 'total'),
  expiresAt: z.iso.datetime(),
});

export const paymentAnswer = z.strictObject({
  solanaPayUrl: z.string(),
  recipient: z.string().describe("the treasury's wallet"),
  mint: z.string(),
  ...amounts('amount'),
  reference: z.string(),
  memo: z.string(),
  expiresAt: z.iso.datetime(),
});

export type PaymentAnswer = z.infer<typeof paymentAnswer>;

export const rentalLinks = z.strictObject({
  self: z.string(),
  access: z.string(),
  stop: z.string(),
  extend: z.string(),
  checkpoint: z.string(),
  receipt: z.string(),
  facts: z.string(),
  meter: z.string(),
});

export const rentalState = z.enum([
  'requested',
  'paid',
  'placed',
  'running',
  'interrupted',
  'ended',
  'expired',
  'settled',
]);

export const readiness = z.strictObject({
  inSeconds: z.int().nullable().describe('from the payment to the first login, at most; null: nobody knows'),
  why: z.enum(['idle', 'after_notice', 'queued']),
  detail: z.string(),
});
export type Readiness = z.infer<typeof readiness>;

export const rentalRequested = z.strictObject({
  rentalId: z.uuid(),
  state: rentalState,
  quote: quoteAnswer,
  payment: paymentAnswer,
  ready: readiness,
  links: rentalLinks,
});
export type RentalRequestedAnswer = z.infer<typeof rentalRequested>;
