/** pricing@1: what a whole number of GPU-minutes costs. Shared by the services and the browser; the auditor has its own. */

import { mulDiv, usdc, type MicroUsdc } from '../money.js';
import { BPS, TIER_BPS, type Tier } from './rate-sheet.js';

export const PRICING = 'pricing@1';

export interface PriceInputs {
  /** The operator's own on-demand price per GPU-hour, before the tier. */
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly tierBps: number;
  readonly gpuCount: number;
  /** Whole minutes, >= 0. */
  readonly minutes: number;
}

/** floor(rate x tierBps x gpuCount x minutes / (60 x 10000)). Throws a RangeError or SyntaxError on a fraction or a negative. */
export function price(inputs: PriceInputs): MicroUsdc {
  const units = BigInt(inputs.tierBps) * BigInt(inputs.gpuCount) * BigInt(inputs.minutes);
  return usdc(mulDiv(inputs.rateMicroUsdcPerHour, units, 60n * BigInt(BPS), 'floor'));
}

/** The cap as an on-demand rate: the most an operator may ask so that the tier price stays within the buyer's hourly maximum. */
export function capFromMaxHourlyPrice(maxHourlyPrice: MicroUsdc, tier: Tier): MicroUsdc {
  return usdc(mulDiv(maxHourlyPrice, BigInt(BPS), BigInt(TIER_BPS[tier]), 'floor'));
}

/** Every open quote's amount is made unique by 1 to 9,999 micro-USDC; it comes back as surplus in the refund. */
export const MAX_QUOTE_SURPLUS = 9_999;
