/** One rental as the stories tell it: an H100 for an hour at the landing page's 5.84 USDC, and every fact it can meet. */

import { usdc } from '@tokenos/domain/money';
import { UNFIT_REASONS, type PlacementReceipt, type UnfitReason } from '@tokenos/domain/placement/receipt';
import type { EndReason, Fault } from '@tokenos/domain/rental/ending';
import type {
  PaymentInstructions,
  PaymentReceived,
  Quote,
  RentalFact,
  RentalPlaced,
  RentalTerms,
} from '@tokenos/domain/rental/facts';
import type { SettlementPlanned, SettlementSigned, Transfer } from '@tokenos/domain/settlement/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { address, digest, signature, uuid } from './names.js';

/** When it is requested; paid 20 s later, placed at 21 s, started at 30 s. */
export const T0 = Date.parse('2026-11-23T09:00:00.000Z');
export const STARTED_AT = T0 + 30 * SECOND;
export const ENDS_AT = STARTED_AT + 60 * MINUTE;

export const RENTAL = uuid('a', 1);
export const OPERATOR = uuid('b', 1);
export const GENESIS = address('Genesis');
export const BUYER_WALLET = address('Buyer');
export const FRIEND_WALLET = address('Friend');
export const OPERATOR_WALLET = address('Worker');
export const RATE = usdc(5_840_000n);
export const TOTAL = usdc(5_841_234n);

export const terms: RentalTerms = {
  gpuTier: 'H100',
  gpuCount: 1,
  tier: 'ON_DEMAND',
  minutes: 60,
  region: null,
  minReputationBps: null,
  maxWaitMs: 60 * SECOND,
  label: null,
};

export const instructions = {
  mint: address('Usdc'),
  treasury: address('Treasury'),
  reference: address('Ref'),
  refundTo: null,
};

export const quote: Quote = {
  rules: 'pricing@1',
  capMicroUsdcPerHour: RATE,
  tierBps: 10_000,
  feeBps: 500,
  priceMicroUsdc: RATE,
  surplusMicroUsdc: usdc(1_234n),
  totalMicroUsdc: TOTAL,
  quotedAt: T0,
  expiresAt: T0 + 15 * MINUTE,
};

/** The request, for other terms at the same quote. */
export const requestedWith = (change: Partial<RentalTerms>): RentalFact => ({
  type: 'RentalRequested',
  data: { rentalId: RENTAL, buyerId: 'buyer-1', terms: { ...terms, ...change }, quote, payment: instructions },
});
export const requested = requestedWith({});

/** The request, to be paid or paid back in another way. */
export const requestedPaying = (change: Partial<PaymentInstructions>): RentalFact => ({
  type: 'RentalRequested',
  data: { rentalId: RENTAL, buyerId: 'buyer-1', terms, quote, payment: { ...instructions, ...change } },
});

/** The nth payment: in time, in full, from the buyer's wallet, unless changed. */
export const payment = (n = 1, change: Partial<PaymentReceived> = {}): PaymentReceived => ({
  signature: signature(`Pay${n}`),
  amountMicroUsdc: TOTAL,
  payer: BUYER_WALLET,
  blockTime: T0 + 20 * SECOND,
  slot: 1_000 + n,
  genesisHash: GENESIS,
  ...change,
});
export const received = (n = 1, change: Partial<PaymentReceived> = {}): RentalFact => ({
  type: 'PaymentReceived',
  data: payment(n, change),
});
export const finalized = (n = 1): RentalFact => ({
  type: 'PaymentFinalized',
  data: { signature: signature(`Pay${n}`) },
});

const unfit = Object.fromEntries(UNFIT_REASONS.map((reason) => [reason, 0])) as Record<UnfitReason, number>;

export const receiptFor = (nodeId: string): PlacementReceipt => ({
  rules: 'placement@1',
  capMicroUsdcPerHour: RATE,
  best: [
    {
      nodeId,
      operatorId: OPERATOR,
      rateMicroUsdcPerHour: RATE,
      reputationBps: 9_000,
      idleGpus: 8,
      priceAdvantageBps: 0,
      score: 63_000,
      tieBreak: digest('7'),
    },
  ],
  unfit,
  fullListSha256: digest('8'),
});

export const placement = (attempt = 1, change: Partial<RentalPlaced> = {}): RentalPlaced => ({
  attempt,
  nodeId: uuid('c', attempt),
  operatorId: OPERATOR,
  gpus: [{ uuid: `GPU-${attempt}`, leaseEpoch: attempt }],
  rateMicroUsdcPerHour: RATE,
  endpoint: { host: '203.0.113.7', port: 2222, username: 'r0199a', hostKey: 'ssh-ed25519 AAAAhost' },
  receipt: receiptFor(uuid('c', attempt)),
  placedAt: T0 + 21 * SECOND,
  ...change,
});
export const placed = (attempt = 1, change: Partial<RentalPlaced> = {}): RentalFact => ({
  type: 'RentalPlaced',
  data: placement(attempt, change),
});
export const failed = (attempt = 1): RentalFact => ({
  type: 'PlacementFailed',
  data: { attempt, why: 'not ready within 15 s', fault: 'operator' },
});

export const credential = (n = 1) => ({
  keys: [{ publicKey: `ssh-ed25519 AAAAkey${n}`, fingerprint: `SHA256:key${n}` }],
  username: 'r0199a',
});

export const started = (attempt = 1): RentalFact => ({
  type: 'RentalStarted',
  data: { attempt, startedAt: STARTED_AT, endsAt: ENDS_AT },
});
export const usage = (firstMinute: number, bitmap: string, attempt = 1) => ({
  firstMinute,
  bitmap,
  attempt,
  evidenceSha256: digest('e'),
});
export const metered = (firstMinute: number, bitmap: string, attempt = 1): RentalFact => ({
  type: 'UsageMetered',
  data: usage(firstMinute, bitmap, attempt),
});
export const meterClosed = (lastMinute: number, minutesServed: number): RentalFact => ({
  type: 'MeterClosed',
  data: { lastMinute, minutesServed },
});
export const ended = (reason: EndReason, effectiveAt: number, fault: Fault = 'none'): RentalFact => ({
  type: 'RentalEnded',
  data: { reason, fault, effectiveAt },
});
export const revoked = (revokedAt: number, attempt = 1): RentalFact => ({
  type: 'AccessRevoked',
  data: { attempt, revokedAt },
});
export const expired: RentalFact = {
  type: 'RequestExpired',
  data: { expiresAt: quote.expiresAt, scannedTo: quote.expiresAt + 1 },
};

export const refund = (amount: bigint, to = BUYER_WALLET): Transfer => ({
  role: 'refund',
  to,
  amountMicroUsdc: usdc(amount),
});
export const payout = (amount: bigint, to = OPERATOR_WALLET): Transfer => ({
  role: 'operator',
  to,
  amountMicroUsdc: usdc(amount),
});

/** A plan that gives everything back, unless changed. */
export const plan = (n = 1, change: Partial<SettlementPlanned> = {}): SettlementPlanned => ({
  planId: uuid('d', n),
  kind: 'return',
  rules: 'settlement@1',
  paidMicroUsdc: TOTAL,
  feeBps: 500,
  groups: [],
  chargedMicroUsdc: usdc(0n),
  feeMicroUsdc: usdc(0n),
  transfers: [refund(TOTAL)],
  ...change,
});
export const planned = (n = 1, change: Partial<SettlementPlanned> = {}) =>
  ({ type: 'SettlementPlanned', data: plan(n, change) }) as const;
export const signing = (n = 1, version = 1): SettlementSigned => ({
  planId: uuid('d', n),
  bytes: 'AQID',
  signature: signature(`Sent${n}v${version}`),
  lastValidBlockHeight: 500,
  genesisHash: GENESIS,
});
export const signed = (n = 1, version = 1) => ({ type: 'SettlementSigned', data: signing(n, version) }) as const;
export const landing = (n = 1, version = 1) => ({
  planId: uuid('d', n),
  signature: signature(`Sent${n}v${version}`),
  slot: 2_000,
  blockTime: ENDS_AT + 10 * SECOND,
});
export const confirmed = (n = 1, version = 1) => ({ type: 'SettlementConfirmed', data: landing(n, version) }) as const;
export const landed = (n = 1, version = 1) => ({ type: 'SettlementFinalized', data: landing(n, version) }) as const;
export const lapse = (n = 1, version = 1) => ({
  planId: uuid('d', n),
  signature: signature(`Sent${n}v${version}`),
  finalizedBlockHeight: 501,
});
export const lapsed = (n = 1, version = 1) => ({ type: 'SettlementExpired', data: lapse(n, version) }) as const;
export const failure = (n = 1, version = 1) => ({
  planId: uuid('d', n),
  signature: signature(`Sent${n}v${version}`),
  error: 'Account is frozen',
});
export const broke = (n = 1, version = 1) => ({ type: 'SettlementFailed', data: failure(n, version) }) as const;
