/** The one table from the domain's rejections to HTTP: a code without a status does not compile. */

import type { RejectionCode } from '@tokenos/domain/rejections';

const UNPROCESSABLE = 422;
const NOT_FOUND = 404;
const CONFLICT = 409;

export const statusOf: Readonly<Record<RejectionCode, number>> = {
  unknown_gpu_tier: UNPROCESSABLE,
  bad_gpu_count: UNPROCESSABLE,
  bad_duration: UNPROCESSABLE,
  bad_reserved_term: UNPROCESSABLE,
  bad_max_wait: UNPROCESSABLE,
  bad_min_reputation: UNPROCESSABLE,
  cap_below_tier: UNPROCESSABLE,
  bad_rate: UNPROCESSABLE,
  bad_bitmap: UNPROCESSABLE,
  no_gpus: UNPROCESSABLE,
  duplicate_gpu: UNPROCESSABLE,
  rental_absent: NOT_FOUND,
  payment_absent: NOT_FOUND,
  node_absent: NOT_FOUND,
  no_capacity: CONFLICT,
  rental_exists: CONFLICT,
  wrong_state: CONFLICT,
  wrong_attempt: CONFLICT,
  attempts_exhausted: CONFLICT,
  rate_above_cap: CONFLICT,
  too_early: CONFLICT,
  minutes_not_billable: CONFLICT,
  minutes_gap: CONFLICT,
  meter_not_closed: CONFLICT,
  payment_not_final: CONFLICT,
  not_all_settled: CONFLICT,
  unknown_plan: CONFLICT,
  plan_state: CONFLICT,
  bytes_may_land: CONFLICT,
  unknown_signature: CONFLICT,
  unknown_payment: CONFLICT,
  operator_wallet_unknown: CONFLICT,
  overplanned: CONFLICT,
  payment_exists: CONFLICT,
  payment_assigned: CONFLICT,
  node_exists: CONFLICT,
  node_retired: CONFLICT,
  operator_exists: CONFLICT,
  operator_absent: CONFLICT,
};

const fields: Partial<Record<RejectionCode, string>> = {
  unknown_gpu_tier: '/gpuTier',
  bad_gpu_count: '/gpuCount',
  bad_duration: '/durationMinutes',
  bad_reserved_term: '/durationDays',
  bad_max_wait: '/maxWaitSeconds',
  bad_min_reputation: '/minReputation',
  cap_below_tier: '/maxHourlyPrice',
  bad_rate: '/hourlyPrice',
  no_gpus: '/gpus',
  duplicate_gpu: '/gpus',
};

/** JSON pointer to the field that a rejection is about, or null. */
export const fieldOf = (code: RejectionCode): string | null => fields[code] ?? null;
