/** Every reason a command can be refused. A code without a typed context or without a message does not compile; only the gateway knows HTTP. */

import type { Millis } from './time.js';

/** Why nobody serves a request: no such GPU is offered at all, none within the buyer's own price, or none that is free and fits. */
export type CapacityLack = 'offered' | 'within_price' | 'free';

export interface RejectionContexts {
  unknown_gpu_tier: { gpuTier: string };
  bad_gpu_count: { gpuCount: number; max: number };
  bad_duration: { minutes: number; minMinutes: number; maxMinutes: number };
  bad_reserved_term: { minutes: number };
  bad_max_wait: { maxWaitMs: Millis };
  bad_min_reputation: { minReputationBps: number };
  cap_below_tier: { maxHourlyPriceMicroUsdc: bigint };
  no_capacity: { gpuTier: string; gpuCount: number; lack: CapacityLack };
  rental_exists: { rentalId: string };
  rental_absent: Record<string, never>;
  wrong_state: { status: string; command: string };
  wrong_attempt: { attempt: number; current: number };
  attempts_exhausted: { attempt: number; max: number };
  rate_above_cap: { rateMicroUsdcPerHour: bigint; capMicroUsdcPerHour: bigint };
  too_early: { at: Millis; notBefore: Millis };
  minutes_not_billable: { firstMinute: number; lastMinute: number; limit: number };
  minutes_gap: { firstMinute: number; expected: number };
  bad_bitmap: { bitmap: string };
  meter_not_closed: Record<string, never>;
  payment_not_final: { signature: string };
  not_all_settled: { reason: string };
  unknown_plan: { planId: string };
  plan_state: { planId: string; status: string; command: string };
  bytes_may_land: { planId: string; finalizedBlockHeight: number; lastValidBlockHeight: number };
  unknown_signature: { planId: string; signature: string };
  unknown_payment: { signature: string };
  operator_wallet_unknown: { operatorId: string };
  overplanned: { role: string; to: string };
  payment_exists: { signature: string };
  payment_absent: Record<string, never>;
  payment_assigned: { rentalId: string };
  node_exists: { nodeId: string };
  node_absent: Record<string, never>;
  node_retired: Record<string, never>;
  no_gpus: Record<string, never>;
  duplicate_gpu: { uuid: string };
  bad_rate: { rateMicroUsdcPerHour: bigint };
  operator_exists: { operatorId: string };
  operator_absent: Record<string, never>;
  halted: { invariant: string };
  payment_is_final: { signature: string };
  still_covered: { paidMicroUsdc: bigint; owedMicroUsdc: bigint };
  not_covered: { paidMicroUsdc: bigint; owedMicroUsdc: bigint };
  not_preemptible: { tier: string };
  not_noticed: Record<string, never>;
  under_notice: { beneficiaryId: string };
  too_late_to_extend: { endsAt: Millis };
  term_is_over: { endsAt: Millis };
  nothing_to_save: { attempt: number };
  bad_stars: { stars: number };
  nothing_to_rate: Record<string, never>;
  rated_already: { stars: number };
  carbon_minutes: { minutes: number; served: number };
  bad_correction: { why: string };
  bad_pue: { puePercent: number };
  bad_day: { day: string; after: string };
  bad_uptime: { expectedMinutes: number; servedMinutes: number; platformFaultMinutes: number };
  wallet_change_pending: { wallet: string; effectiveAt: Millis };
  anchor_absent: Record<string, never>;
  anchor_state: { status: string; command: string };
  wrong_anchor_day: { day: string; begun: string };
}

export type RejectionCode = keyof RejectionContexts;

export type Rejection = {
  [Code in RejectionCode]: { readonly code: Code; readonly context: RejectionContexts[Code] };
}[RejectionCode];

type Messages = { readonly [Code in RejectionCode]: (context: RejectionContexts[Code]) => string };

const noCapacity: { readonly [Lack in CapacityLack]: (wanted: string) => string } = {
  offered: (wanted) => `No machine on the market has such GPUs, so nobody could serve ${wanted}.`,
  within_price: (wanted) => `A machine could serve ${wanted} now, but none within the maxHourlyPrice given.`,
  free: (wanted) => `No machine that is online and free now, and fits the request, could serve ${wanted}.`,
};

const messages: Messages = {
  unknown_gpu_tier: (c) => `There is no GPU tier "${c.gpuTier}".`,
  bad_gpu_count: (c) => `gpuCount must be a whole number from 1 to ${c.max}, not ${c.gpuCount}.`,
  bad_duration: (c) => `The duration must be ${c.minMinutes} to ${c.maxMinutes} whole minutes, not ${c.minutes}.`,
  bad_reserved_term: (c) => `RESERVED is sold for 7, 30 or 90 days, not for ${c.minutes} minutes.`,
  bad_max_wait: (c) => `maxWaitSeconds must be from 1 to 86400, not ${c.maxWaitMs / 1000}.`,
  bad_min_reputation: (c) => `minReputation must be from 0 to 10000 bps, not ${c.minReputationBps}.`,
  cap_below_tier: (c) => `maxHourlyPrice of ${c.maxHourlyPriceMicroUsdc} micro-USDC is too small to pay for anything.`,
  no_capacity: (c) => noCapacity[c.lack](`${c.gpuCount} x ${c.gpuTier}`),
  rental_exists: (c) => `Rental ${c.rentalId} exists already.`,
  rental_absent: () => 'There is no such rental.',
  wrong_state: (c) => `A rental that is ${c.status} does not accept ${c.command}.`,
  wrong_attempt: (c) => `Attempt ${c.attempt} is not the current attempt ${c.current}.`,
  attempts_exhausted: (c) => `A rental gets ${c.max} attempts; ${c.attempt} would be one more.`,
  rate_above_cap: (c) => `The rate ${c.rateMicroUsdcPerHour} is above the quoted cap ${c.capMicroUsdcPerHour}.`,
  too_early: (c) => `Not before ${c.notBefore}; it is ${c.at}.`,
  minutes_not_billable: (c) =>
    `Minutes ${c.firstMinute} to ${c.lastMinute} reach beyond the billable limit ${c.limit}.`,
  minutes_gap: (c) => `The next minute to meter is ${c.expected}, not ${c.firstMinute}.`,
  bad_bitmap: (c) => `"${c.bitmap}" is no bitmap of 1 to 60 minutes.`,
  payment_not_final: (c) => `Payment ${c.signature} is not finalized: outgoing money uses finalized payments only.`,
  not_all_settled: (c) => `Not settled yet: ${c.reason}.`,
  meter_not_closed: () => 'A final plan for a rental that started needs MeterClosed first.',
  unknown_plan: (c) => `There is no settlement plan ${c.planId}.`,
  plan_state: (c) => `Plan ${c.planId} is ${c.status} and does not accept ${c.command}.`,
  bytes_may_land: (c) =>
    `Plan ${c.planId} may still land until block ${c.lastValidBlockHeight}; final is ${c.finalizedBlockHeight}.`,
  unknown_signature: (c) =>
    `Plan ${c.planId} is not signed as ${c.signature}: if that landed, it landed beside the plan.`,
  unknown_payment: (c) => `Payment ${c.signature} is not recorded here.`,
  operator_wallet_unknown: (c) => `Operator ${c.operatorId} has no payout wallet on record.`,
  overplanned: (c) => `More was planned for ${c.role} ${c.to} than is due.`,
  payment_exists: (c) => `Payment ${c.signature} is recorded already.`,
  payment_absent: () => 'There is no such payment.',
  payment_assigned: (c) => `This payment was credited to rental ${c.rentalId}; it goes back from there.`,
  node_exists: (c) => `Node ${c.nodeId} is enrolled already.`,
  node_absent: () => 'There is no such node.',
  node_retired: () => 'This node is retired.',
  no_gpus: () => 'A node must have at least one GPU.',
  duplicate_gpu: (c) => `GPU ${c.uuid} is named more than once.`,
  bad_rate: (c) =>
    `A rate must be above 0 and at most 1000 USDC per GPU-hour, not ${c.rateMicroUsdcPerHour} micro-USDC.`,
  operator_exists: (c) => `Operator ${c.operatorId} is registered already.`,
  operator_absent: () => 'There is no such operator.',
  halted: (c) => `This rental is held still because ${c.invariant} does not hold; a person is looking at it.`,
  payment_is_final: (c) => `Payment ${c.signature} is final, and what is final does not vanish.`,
  not_covered: (c) => `Its payments of ${c.paidMicroUsdc} no longer cover the ${c.owedMicroUsdc} that are owed.`,
  still_covered: (c) => `Its payments of ${c.paidMicroUsdc} still cover the ${c.owedMicroUsdc} that are owed.`,
  not_preemptible: (c) => `Only SPOT yields to others; this rental is ${c.tier}.`,
  not_noticed: () => 'No notice of a preemption was delivered for it.',
  under_notice: (c) => `It has been told to yield to ${c.beneficiaryId} and cannot be extended.`,
  too_late_to_extend: (c) => `An extension must be paid a minute before the end at ${c.endsAt}.`,
  term_is_over: (c) => `Its term was over at ${c.endsAt}.`,
  nothing_to_save: (c) => `Attempt ${c.attempt} was not asked for a checkpoint.`,
  bad_stars: (c) => `A rating is 1 to 5 whole stars, not ${c.stars}.`,
  nothing_to_rate: () => 'Only a rental that is over and served at least one minute can be rated.',
  rated_already: (c) => `It is rated with ${c.stars} stars already.`,
  carbon_minutes: (c) => `The footprint covers ${c.minutes} minutes, but ${c.served} were served.`,
  bad_correction: (c) =>
    `A correction must pay something to somebody who had a part in the rental, and say why: ${c.why}.`,
  bad_pue: (c) => `puePercent must be a whole number from 100 to 300, not ${c.puePercent}.`,
  bad_day: (c) => `"${c.day}" is no UTC day after "${c.after}".`,
  bad_uptime: (c) =>
    `A day of ${c.expectedMinutes} expected minutes has no room for ${c.servedMinutes} served and ${c.platformFaultMinutes} spoiled ones.`,
  wallet_change_pending: (c) => `A change to ${c.wallet} is on its way and takes effect at ${c.effectiveAt}.`,
  anchor_absent: () => 'No anchor of this day was begun.',
  anchor_state: (c) => `An anchor that is ${c.status} does not accept ${c.command}.`,
  wrong_anchor_day: (c) => `This is the anchor of ${c.begun}, not of ${c.day}.`,
};

/** One sentence for a person; codes and contexts are for machines. */
export function explain(rejection: Rejection): string {
  const message = messages[rejection.code] as (context: Rejection['context']) => string;
  return message(rejection.context);
}
