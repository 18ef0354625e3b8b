/** Wire form, version 1, of every fact on a rental's stream. */

import { GPU_TIERS, TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { base58, bps, count, id, instant, microUsdc, sha256, text } from './codec.js';
import { preemptionReceipt, receipt } from './receipts.js';
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
  checkpointPath: text.optional(),
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

const carbonGroup = z.strictObject({
  nodeId: id,
  minutes: count,
  gpuCount: z.int().positive(),
  gpuTier: text,
  tdpWatts: z.int().positive(),
  country: text,
  intensity: count,
  intensityScale: z.int().positive(),
  intensitySource: text,
  puePercent: z.int().min(100).max(300).nullable(),
  mg: count,
});

const attempt = z.int().positive();

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
    extensionId: id.optional(),
  }),
  'PaymentFinalized.v1': z.strictObject({ signature: base58 }),
  'PaymentVanished.v1': z.strictObject({ signature: base58 }),
  'RequestExpired.v1': z.strictObject({ expiresAt: instant, scannedTo: instant }),
  'RentalPlaced.v1': z.strictObject({
    attempt,
    nodeId: id,
    operatorId: id,
    gpus: z.array(z.strictObject({ uuid: id, leaseEpoch: count })),
    rateMicroUsdcPerHour: microUsdc,
    endpoint: z.strictObject({ host: text, port: count, username: text, hostKey: text }),
    receipt,
    placedAt: instant,
  }),
  'PlacementFailed.v1': z.strictObject({ attempt, why: text, fault }),
  'CredentialIssued.v1': z.strictObject({
    keys: z.array(z.strictObject({ publicKey: text, fingerprint: text })),
    username: text,
    notAfter: instant,
  }),
  'RentalStarted.v1': z.strictObject({ attempt, startedAt: instant, endsAt: instant }),
  'RentalInterrupted.v1': z.strictObject({ attempt, operatorId: id, why: text, fault, interruptedAt: instant }),
  'RentalResumed.v1': z.strictObject({ attempt, resumedAt: instant }),
  'BuyerReturned.v1': z.strictObject({
    attempt,
    returnedAt: instant,
    how: z.enum(['login', 'on_start', 'checkpoint']),
  }),
  'ExtensionQuoted.v1': z.strictObject({
    extensionId: id,
    rules: text,
    minutes: z.int().positive(),
    rateMicroUsdcPerHour: microUsdc,
    tierBps: bps,
    priceMicroUsdc: microUsdc,
    surplusMicroUsdc: microUsdc,
    totalMicroUsdc: microUsdc,
    reference: base58,
    quotedAt: instant,
    expiresAt: instant,
  }),
  'RentalExtended.v1': z.strictObject({ extensionId: id, minutes: z.int().positive(), endsAt: instant }),
  'PreemptionNoticed.v1': z.strictObject({
    rules: text,
    beneficiaryId: id,
    gpuUuids: z.array(id),
    receipt: preemptionReceipt,
    noticedAt: instant,
  }),
  'PreemptionDelivered.v1': z.strictObject({ attempt, deliveredAt: instant, deadlineAt: instant }),
  'CheckpointRequested.v1': z.strictObject({ path: text, requestedAt: instant }),
  'CheckpointSaved.v1': z.strictObject({ attempt, where: text, sha256, bytes: count, savedAt: instant }),
  'UsageMetered.v1': z.strictObject({
    firstMinute: count,
    bitmap: z.string().regex(/^[01]{1,60}$/),
    attempt,
    evidenceSha256: sha256,
  }),
  'MeterClosed.v1': z.strictObject({ lastMinute: z.int().min(-1), minutesServed: count }),
  'RentalEnded.v1': z.strictObject({
    reason: z.enum([
      'buyer_stopped',
      'term_elapsed',
      'node_failed',
      'capacity_unavailable',
      'operator_withdrew',
      'payment_vanished',
      'preempted',
    ]),
    fault,
    effectiveAt: instant,
  }),
  'AccessRevoked.v1': z.strictObject({ attempt, revokedAt: instant }),
  'CarbonAttributed.v1': z.strictObject({
    rules: text,
    groups: z.array(carbonGroup),
    mg: count,
    mgWithPue: count.nullable(),
  }),
  'RentalRated.v1': z.strictObject({ stars: z.int().min(1).max(5), ratedAt: instant }),
  'RentalHalted.v1': z.strictObject({ invariant: text, evidence: text, haltedAt: instant }),
  'RentalReleased.v1': z.strictObject({ why: text, releasedAt: instant }),
  'RentalSettled.v1': z.strictObject({
    paidMicroUsdc: microUsdc,
    chargedMicroUsdc: microUsdc,
    feeMicroUsdc: microUsdc,
    operatorMicroUsdc: microUsdc,
    refundedMicroUsdc: microUsdc,
    shortfallMicroUsdc: microUsdc.optional(),
  }),
};
