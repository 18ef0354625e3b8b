/** Every refusal explains itself in one sentence, with nothing left blank. */

import { explain, type Rejection, type RejectionCode, type RejectionContexts } from './rejections.js';

/** One context per code; a code without one does not compile. The values are odd, so that a sentence must quote them. */
const contexts: { readonly [Code in RejectionCode]: RejectionContexts[Code] } = {
  unknown_gpu_tier: { gpuTier: 'H9000' },
  bad_gpu_count: { gpuCount: 77, max: 8 },
  bad_duration: { minutes: 77, minMinutes: 1, maxMinutes: 129_600 },
  bad_reserved_term: { minutes: 77 },
  bad_max_wait: { maxWaitMs: 77_000 },
  bad_min_reputation: { minReputationBps: 77_777 },
  cap_below_tier: { maxHourlyPriceMicroUsdc: 77n },
  no_capacity: { gpuTier: 'H100', gpuCount: 77, lack: 'offered' },
  rental_exists: { rentalId: 'rental-77' },
  rental_absent: {},
  wrong_state: { status: 'expired', command: 'StopRental' },
  wrong_attempt: { attempt: 77, current: 78 },
  attempts_exhausted: { attempt: 77, max: 3 },
  rate_above_cap: { rateMicroUsdcPerHour: 78n, capMicroUsdcPerHour: 77n },
  too_early: { at: 77, notBefore: 78 },
  minutes_not_billable: { firstMinute: 77, lastMinute: 78, limit: 79 },
  minutes_gap: { firstMinute: 77, expected: 78 },
  bad_bitmap: { bitmap: '77' },
  meter_not_closed: {},
  payment_not_final: { signature: 'sig-77' },
  not_all_settled: { reason: 'seventy-seven' },
  unknown_plan: { planId: 'plan-77' },
  plan_state: { planId: 'plan-77', status: 'signed', command: 'SignPlan' },
  bytes_may_land: { planId: 'plan-77', finalizedBlockHeight: 78, lastValidBlockHeight: 79 },
  unknown_signature: { planId: 'plan-77', signature: 'sig-77' },
  unknown_payment: { signature: 'sig-77' },
  operator_wallet_unknown: { operatorId: 'operator-77' },
  overplanned: { role: 'refund', to: 'wallet-77' },
  payment_exists: { signature: 'sig-77' },
  payment_absent: {},
  payment_assigned: { rentalId: 'rental-77' },
  node_exists: { nodeId: 'node-77' },
  node_absent: {},
  node_retired: {},
  no_gpus: {},
  duplicate_gpu: { uuid: 'GPU-77' },
  bad_rate: { rateMicroUsdcPerHour: 77n },
  operator_exists: { operatorId: 'operator-77' },
  operator_absent: {},
  halted: { invariant: 'I77' },
  payment_is_final: { signature: 'sig-77' },
  still_covered: { paidMicroUsdc: 78n, owedMicroUsdc: 77n },
  not_covered: { paidMicroUsdc: 76n, owedMicroUsdc: 77n },
  not_preemptible: { tier: 'RESERVED' },
  not_noticed: {},
  under_notice: { beneficiaryId: 'rental-77' },
  too_late_to_extend: { endsAt: 77 },
  term_is_over: { endsAt: 77 },
  nothing_to_save: { attempt: 77 },
  bad_stars: { stars: 77 },
  nothing_to_rate: {},
  rated_already: { stars: 77 },
  carbon_minutes: { minutes: 77, served: 78 },
  bad_correction: { why: 'seventy-seven' },
  bad_pue: { puePercent: 77 },
  bad_day: { day: 'seventy-seven', after: 'seventy-eight' },
  bad_uptime: { expectedMinutes: 77, servedMinutes: 78, platformFaultMinutes: 79 },
  wallet_change_pending: { wallet: 'wallet-77', effectiveAt: 77 },
  anchor_absent: {},
  anchor_state: { status: 'seventy-seven', command: 'seventy-eight' },
  wrong_anchor_day: { day: 'seventy-seven', begun: 'seventy-eight' },
};

const rejections = Object.entries(contexts).map(([code, context]) => ({ code, context }) as Rejection);

describe('a rejection', () => {
  it.each(rejections)('$code says what is wrong in one sentence', (rejection) => {
    const sentence = explain(rejection);
    expect(sentence).toMatch(/^["A-Za-z].{8,200}\.$/);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object|\$\{/);
  });

  it.each(rejections)('$code quotes every value it was given', (rejection) => {
    const sentence = explain(rejection);
    for (const [name, value] of Object.entries(rejection.context) as [string, string | number | bigint][]) {
      // Says which sentence it is.
      if (name === 'lack') continue;
      const shown = rejection.code === 'bad_max_wait' ? 'not 77.' : value.toString();
      expect(sentence).toContain(shown);
    }
  });

  it('of a lack of machines says what is lacking, and speaks of a price only where the price is it', () => {
    const sentences = (['offered', 'within_price', 'free'] as const).map((lack) =>
      explain({ code: 'no_capacity', context: { gpuTier: 'H100', gpuCount: 77, lack } }),
    );
    expect(new Set(sentences).size).toBe(3);
    for (const sentence of sentences) expect(sentence).toContain('77 x H100');
    expect(sentences.map((sentence) => /price/i.test(sentence))).toEqual([false, true, false]);
  });

  it('has a sentence of its own', () => {
    expect(new Set(rejections.map(explain)).size).toBe(rejections.length);
  });
});
