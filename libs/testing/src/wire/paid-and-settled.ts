/** One rental of which the payment came in and the money went out, as facts about transactions that a test really made. */

import type { Entry } from './entries.js';

interface Landed {
  readonly signature: string;
  readonly slot: number;
  readonly blockTime: string;
}

interface Course {
  readonly treasury: string;
  readonly mint: string;
  readonly buyer: string;
  readonly operator: string;
  readonly genesisHash: string;
  readonly payment: Landed;
  readonly payout: Landed;
}

export const RENTAL = 'rental-00000000-0000-7000-8000-00000000000a';
export const PLAN = '00000000-0000-7000-8000-0000000000f1';

/** Micro-USDC: 6,001,234 = 184,933 + 5,806,568 + a fee of 9,733. */
export const [PAID, PAYOUT, REFUND] = [6_001_234n, 184_933n, 5_806_568n];

const rentalId = RENTAL.slice('rental-'.length);
const amount = PAID.toString();

/** In order: requested, seen, received, finalized, planned, signed, confirmed, finalized. Only what concerns the chain. */
export function paidAndSettled({ payment, payout, treasury, mint, buyer, operator, genesisHash }: Course): Entry[] {
  const fact = (stream: string, type: string, data: Entry['data'], by = 'settlement'): Entry => ({
    stream,
    type: `${type}.v1`,
    at: payout.blockTime,
    by,
    data,
  });
  const landed = { planId: PLAN, ...payout };
  return [
    fact(RENTAL, 'RentalRequested', requested({ mint, treasury, reference: buyer, refundTo: null }), 'gateway'),
    fact(`payment-${payment.signature}`, 'PaymentSeen', {
      ...payment,
      mint,
      amount,
      payers: [{ wallet: buyer, amount }],
      references: [],
      memo: null,
      genesisHash,
      assignedTo: rentalId,
      why: null,
    }),
    fact(RENTAL, 'PaymentReceived', { ...payment, amountMicroUsdc: amount, payer: buyer, genesisHash }),
    fact(RENTAL, 'PaymentFinalized', { signature: payment.signature }),
    fact(RENTAL, 'SettlementPlanned', {
      planId: PLAN,
      kind: 'final',
      rules: 'settlement@1',
      paidMicroUsdc: amount,
      feeBps: 500,
      groups: [],
      chargedMicroUsdc: '194666',
      feeMicroUsdc: '9733',
      transfers: [
        { role: 'operator', to: operator, amountMicroUsdc: PAYOUT.toString() },
        { role: 'refund', to: buyer, amountMicroUsdc: REFUND.toString() },
      ],
    }),
    fact(RENTAL, 'SettlementSigned', {
      planId: PLAN,
      bytes: 'AAAA',
      signature: payout.signature,
      lastValidBlockHeight: 1_000,
      genesisHash,
    }),
    fact(RENTAL, 'SettlementConfirmed', landed),
    fact(RENTAL, 'SettlementFinalized', landed),
  ];
}

const requested = (payment: Entry['data']): Entry['data'] => ({
  rentalId,
  buyerId: 'buyer-1',
  terms: {
    gpuTier: 'H100',
    gpuCount: 1,
    tier: 'ON_DEMAND',
    minutes: 60,
    region: null,
    minReputationBps: null,
    maxWaitMs: 60_000,
    label: null,
  },
  quote: {
    rules: 'pricing@1',
    capMicroUsdcPerHour: '6000000',
    tierBps: 10_000,
    feeBps: 500,
    priceMicroUsdc: '6000000',
    surplusMicroUsdc: '1234',
    totalMicroUsdc: '6001234',
    quotedAt: '2026-11-26T10:00:00.000Z',
    expiresAt: '2026-11-26T10:15:00.000Z',
  },
  payment,
});
