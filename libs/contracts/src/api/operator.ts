/** The operator's side: becoming one, enrolling machines, pricing them, and what they earned. */

import { GPU_TIERS } from '@tokenos/domain/pricing/rate-sheet';
import bs58 from 'bs58';
import { z } from 'zod';
import { amounts, usdcInput } from './money.js';

const ADDRESS_BYTES = 32;
const NO_ADDRESS = 'expected a Solana address';

/** The bytes are counted, not the letters: a transfer to what is no address can never be built, and would hold up all that is due beside it. */
export const solanaWallet = z
  .string()
  .regex(/^[1-9A-HJ-NP-Za-km-z]{32,44}$/, { error: NO_ADDRESS, abort: true })
  .refine((text) => bs58.decodeUnsafe(text)?.length === ADDRESS_BYTES, NO_ADDRESS)
  .meta({ description: 'a Solana wallet with a USDC account' });

export const becomeOperator = z.strictObject({ payoutWallet: solanaWallet });
export const operatorAnswer = z.strictObject({ operatorId: z.string(), payoutWallet: z.string() });

/** Where payouts go now, and where they will go once an announced change is in force. */
export const walletAnswer = z.strictObject({
  ...operatorAnswer.shape,
  change: z
    .strictObject({ payoutWallet: z.string(), effectiveAt: z.iso.datetime(), notice: z.string() })
    .nullable()
    .describe('null where no change is on its way'),
});
export type WalletAnswer = z.infer<typeof walletAnswer>;

export const MAX_TOKEN_USES = 100;
export const MAX_TOKEN_TTL_SECONDS = 30 * 24 * 60 * 60;

export const newEnrolmentToken = z.strictObject({
  hourlyPrice: usdcInput.describe('on-demand, per GPU-hour; machines that enrol with this token start at it'),
  uses: z.int().min(1).max(MAX_TOKEN_USES).default(1),
  ttlSeconds: z.int().min(60).max(MAX_TOKEN_TTL_SECONDS).default(86_400),
});

/** The token is in this one answer; the platform keeps its hash. */
export const enrolmentToken = z.strictObject({ token: z.string(), expiresAt: z.iso.datetime(), uses: z.int() });

export const enrolAnswer = z.strictObject({ nodeId: z.uuid(), operatorId: z.string() });

export const nodeAnswer = z.strictObject({
  nodeId: z.string(),
  gpuTier: z.enum(GPU_TIERS),
  gpus: z.array(z.strictObject({ uuid: z.string(), model: z.string() })),
  simulated: z.boolean(),
  region: z.string(),
  country: z.string(),
  state: z.enum(['pending', 'verified', 'rejected', 'retired']),
  draining: z.boolean(),
  online: z.boolean(),
  idleGpus: z.int(),
  hourlyPrice: z.string().nullable(),
  hourlyPriceMicroUsdc: z.string().nullable(),
  puePercent: z.int().nullable().describe('power usage effectiveness as declared; null: none declared'),
});
export const nodeList = z.strictObject({ items: z.array(nodeAnswer) });

export const changeNode = z
  .strictObject({
    hourlyPrice: usdcInput.optional(),
    draining: z.boolean().optional().describe('true: finish what runs, take nothing new; false: take rentals again'),
    puePercent: z
      .int()
      .optional()
      .meta({ minimum: 100, maximum: 300 })
      .describe('what the building draws over what the machines draw, in percent: a second carbon figure uses it'),
  })
  .refine((body) => Object.keys(body).length > 0, 'nothing to change');

export const earnings = z.strictObject({
  items: z.array(
    z.strictObject({
      rentalId: z.uuid(),
      state: z.string(),
      minutesServed: z.int(),
      ...amounts('earned'),
      payouts: z.array(
        z.strictObject({
          planId: z.string(),
          ...amounts('amount'),
          status: z.string(),
          signature: z.string().nullable(),
        }),
      ),
    }),
  ),
  next: z.string().nullable(),
});
