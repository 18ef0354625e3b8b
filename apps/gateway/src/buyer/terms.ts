/** From the body of a request to the terms the rules know, and what they say of them before any machine is looked at. */

import type { RentalRequestBody } from '@tokenos/contracts/api/rental-request';
import { parseUsdc } from '@tokenos/contracts/api/money';
import { usdc, ZERO, type MicroUsdc } from '@tokenos/domain/money';
import { capFromMaxHourlyPrice } from '@tokenos/domain/pricing/pricing';
import { DEFAULT_FEE_BPS, MAX_RATE } from '@tokenos/domain/pricing/rate-sheet';
import type { GatewayCommand } from '@tokenos/domain/rental/commands';
import { rentalDecider } from '@tokenos/domain/rental/decider';
import { DEFAULT_MAX_WAIT } from '@tokenos/domain/rental/decide/request';
import { SECOND } from '@tokenos/domain/time';
import { refusal } from '../problem/problem.js';

type Command = Extract<GatewayCommand, { type: 'RequestRental' }>;
export type AskedTerms = Command['terms'];

const MINUTES_PER_DAY = 24 * 60;
export const BPS_PER_POINT = 100;

export function termsOf(body: RentalRequestBody): AskedTerms {
  return {
    gpuTier: body.gpuTier,
    gpuCount: body.gpuCount,
    tier: body.tier,
    minutes: body.durationMinutes ?? (body.durationDays ?? 0) * MINUTES_PER_DAY,
    region: body.region ?? null,
    minReputationBps: body.minReputation === undefined ? null : body.minReputation * BPS_PER_POINT,
    maxWaitMs: body.maxWaitSeconds === undefined ? DEFAULT_MAX_WAIT : body.maxWaitSeconds * SECOND,
    label: body.label ?? null,
    ...(body.checkpointPath === undefined ? {} : { checkpointPath: body.checkpointPath }),
  };
}

/** The buyer's own cap as an on-demand rate; null where it names none. */
export const statedCap = ({ maxHourlyPrice, tier }: RentalRequestBody): MicroUsdc | null =>
  maxHourlyPrice === undefined ? null : capFromMaxHourlyPrice(parseUsdc(maxHourlyPrice), tier);

/** No operator may ask more than this, so as a cap it excludes nobody. */
export const NO_CAP = usdc(MAX_RATE);

/** Lets the rules judge the terms by themselves, so that nonsense is called nonsense and not a lack of capacity. Throws the refusal. */
export function assertSellable(terms: AskedTerms, cap: MicroUsdc): void {
  const nowhere = { mint: '', treasury: '', reference: '', refundTo: null };
  const outcome = rentalDecider.decide(rentalDecider.initialState, {
    type: 'RequestRental',
    at: 0,
    rentalId: '',
    buyerId: '',
    terms,
    capMicroUsdcPerHour: cap,
    surplusMicroUsdc: ZERO,
    feeBps: DEFAULT_FEE_BPS,
    payment: nowhere,
  });
  if (outcome.kind !== 'rejected') return;
  throw refusal(outcome.rejection, outcome.rejection.code === 'bad_rate' ? '/maxHourlyPrice' : undefined);
}
