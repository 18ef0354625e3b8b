/** Wire form, version 1, of every fact on a rental's stream. */

import { GPU_TIERS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { base58, bps, count, id, instant, microUsdc, sha256, text } from './codec.js';
import { settlementFacts } from './settlement.js';

const terms = z.strictObject({
  gpuTier: z.enum(GPU_TIERS),
  gpuCount: z.int().positive(),
  tier: z.enum(TIERS),
  minutes: z.int().positive(),
  region: text.nullable(),
  minReputationBps: bps.nullable(),
  maxWaitMs: count,
  label: text.nullable(),
});

const quote = z.strictObject({
  rules: text,
  capMicroUsdcPerHour: microUsdc,
  tierBps: bps,
  feeBps: bps,
  priceMicroUsdc: microUsdc,
  surplusMicroUsdc: microUsdc,
  totalMicroUsdc: microUsdc,
  quotedAt: instant,
  expiresAt: instant,
});

const payment = z.strictObject({ mint: base58, treasury: base58, reference: base58, refundTo: base58.nullable() });

const candidate = z.strictObject({
  nodeId: id,
  operatorId: id,
  rateMicroUsdcPerHour: microUsdc,
  reputationBps: bps,
  idleGpus: count,
  priceAdvantageBps: bps,
  score: count,
  tieBreak: sha256,
});

const receipt = z.strictObject({
  rules: text,
  capMicroUsdcPerHour: microUsdc,
  best: z.array(candidate).max(20),
  unfit: z.strictObject({
    offline: count,
    unverified: count,
    draining: count,
    gpu_tier: count,
    region: count,
    reputation: count,
    rate_above_cap: count,
    not_enough_idle_gpus: count,
    failed_before: count,
  }),
  fullListSha256: sha256,
});

const fault = z.enum(['buyer', 'operator', 'platform', 'none']);

export const rentalFacts = {
  ...settlementFacts,
  'RentalRequested.v1': z.strictObject({ rentalId: id, buyerId: id, terms, quote, payment }),
  'PaymentReceived.v1': z.strictObject({
    signature: base58,
    amountMicroUsdc: microUsdc,
    payer: base58,
    blockTime: instant,
    slot: count,
    genesisHash: base58,
  }),
  'PaymentFinalized.v1': z.strictObject({ signature: base58 }),
  'RequestExpired.v1': z.strictObject({ expiresAt: instant, scannedTo: instant }),
  'RentalPlaced.v1': z.strictObject({
    attempt: z.int().positive(),
    nodeId: id,
    operatorId: id,
    gpus: z.array(z.strictObject({ uuid: id, leaseEpoch: count })),
    rateMicroUsdcPerHour: microUsdc,
    endpoint: z.strictObject({ host: text, port: count, username: text, hostKey: text }),
    receipt,
    placedAt: instant,
  }),
  'PlacementFailed.v1': z.strictObject({ attempt: z.int().positive(), why: text, fault }),
  'CredentialIssued.v1': z.strictObject({
    keys: z.array(z.strictObject({ publicKey: text, fingerprint: text })),
    username: text,
    notAfter: instant,
  }),
  'RentalStarted.v1': z.strictObject({ attempt: z.int().positive(), startedAt: instant, endsAt: instant }),
  'UsageMetered.v1': z.strictObject({
    firstMinute: count,
    bitmap: z.string().regex(/^[01]{1,60}$/),
    attempt: z.int().positive(),
    evidenceSha256: sha256,
  }),
  'MeterClosed.v1': z.strictObject({ lastMinute: z.int().min(-1), minutesServed: count }),
  'RentalEnded.v1': z.strictObject({
    reason: z.enum(['buyer_stopped', 'term_elapsed', 'node_failed', 'capacity_unavailable']),
    fault,
    effectiveAt: instant,
  }),
  'AccessRevoked.v1': z.strictObject({ attempt: z.int().positive(), revokedAt: instant }),
  'RentalSettled.v1': z.strictObject({
    paidMicroUsdc: microUsdc,
    chargedMicroUsdc: microUsdc,
    feeMicroUsdc: microUsdc,
    operatorMicroUsdc: microUsdc,
    refundedMicroUsdc: microUsdc,
  }),
};
