/** Wire form of the settlement facts, shared by rental and payment streams. */

import { z } from 'zod';
import { base58, bps, count, id, instant, microUsdc, text } from './codec.js';

const transfer = z.strictObject({ role: z.enum(['operator', 'refund']), to: base58, amountMicroUsdc: microUsdc });

const group = z.strictObject({
  operatorId: id,
  operatorWallet: base58,
  rateMicroUsdcPerHour: microUsdc,
  tierBps: bps,
  gpuCount: count,
  minutes: count,
});

const landed = z.strictObject({ planId: id, signature: base58, slot: count, blockTime: instant });

export const settlementFacts = {
  'SettlementPlanned.v1': z.strictObject({
    planId: id,
    kind: z.enum(['interim', 'final', 'return', 'correction']),
    rules: text,
    paidMicroUsdc: microUsdc,
    feeBps: bps,
    groups: z.array(group),
    chargedMicroUsdc: microUsdc,
    feeMicroUsdc: microUsdc,
    transfers: z.array(transfer),
    freeMinutes: z.int().positive().optional(),
    shortfallMicroUsdc: microUsdc.optional(),
    why: text.optional(),
  }),
  'SettlementSigned.v1': z.strictObject({
    planId: id,
    bytes: z.base64(),
    signature: base58,
    lastValidBlockHeight: count,
    genesisHash: base58,
  }),
  'SettlementExpired.v1': z.strictObject({ planId: id, signature: base58, finalizedBlockHeight: count }),
  'SettlementFailed.v1': z.strictObject({ planId: id, signature: base58, error: text }),
  'SettlementConfirmed.v1': landed,
  'SettlementFinalized.v1': landed,
};
