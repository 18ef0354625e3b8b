/** reputation@1: what an operator is worth to a buyer, from what happened. Integers in, integers out, each part floored once. */

import type { Day } from '../day.js';
import { mulDiv } from '../money.js';
import { BPS } from '../pricing/rate-sheet.js';
import { REPUTATION_FORMULA, type ReputationTier } from './formula.js';

/** One UTC day of all of an operator's machines together. */
export interface UptimeOfDay {
  readonly day: Day;
  /** Node-minutes that should have been served, those that the platform spoiled among them. */
  readonly expectedMinutes: number;
  readonly servedMinutes: number;
  /** Of the expected: spoiled by the platform, so they do not count. */
  readonly platformFaultMinutes: number;
}

/** All ratings with the same stars: how many, and how many paid minutes they weigh together, after both caps. */
export interface RatingsOfStars {
  readonly stars: number;
  readonly ratings: number;
  readonly weight: number;
}

/** Every number that a score was computed from. They follow from public facts (past.ts), and the score follows from them. */
export interface ReputationInputs {
  /** Days since the first on which a machine of this operator was expected to serve. */
  readonly ageDays: number;
  /** The last 30 UTC days ending yesterday; a day without record is left out. */
  readonly uptime: readonly UptimeOfDay[];
  readonly ratings: readonly RatingsOfStars[];
  /** Of the last 90 UTC days ending yesterday, completed ones after the cap per wallet. */
  readonly jobs: { readonly completed: number; readonly failed: number };
}

export interface Reputation {
  /** 0 to 10,000. */
  readonly scoreBps: number;
  readonly tier: ReputationTier;
  /** Too young or too few jobs for the score to say much. */
  readonly provisional: boolean;
}

/** The three parts of a score, each 0 to 10,000. */
export interface ReputationParts {
  readonly uptimeBps: number;
  readonly ratingsBps: number;
  readonly jobsBps: number;
}

/** An operator that nobody has met. */
export const NO_RECORD: ReputationInputs = { ageDays: 0, uptime: [], ratings: [], jobs: { completed: 0, failed: 0 } };

/** floor((60 U + 25 R + 15 J) / 100). */
export function reputation(inputs: ReputationInputs): Reputation {
  const { weights, tiers, provisional } = REPUTATION_FORMULA;
  const { uptimeBps, ratingsBps, jobsBps } = partsOf(inputs);
  const weighed = weights.uptime * uptimeBps + weights.ratings * ratingsBps + weights.jobs * jobsBps;
  const scoreBps = floored(weighed, 1, weights.uptime + weights.ratings + weights.jobs);
  const { completed, failed } = inputs.jobs;
  return {
    scoreBps,
    tier: tiers.find(({ fromBps }) => scoreBps >= fromBps)?.tier ?? 'BRONZE',
    provisional: inputs.ageDays < provisional.untilDays || completed + failed < provisional.untilJobs,
  };
}

export const partsOf = (inputs: ReputationInputs): ReputationParts => ({
  uptimeBps: uptimeBps(inputs),
  ratingsBps: ratingsBps(inputs.ratings),
  jobsBps: jobsBps(inputs.jobs),
});

/** floor(10000 x served x min(age, 7) / (expected x 7)). No day makes up for another, and none was expected: 0. */
function uptimeBps({ ageDays, uptime }: ReputationInputs): number {
  const { fullAfterDays } = REPUTATION_FORMULA.uptime;
  let expected = 0;
  let served = 0;
  for (const { expectedMinutes, servedMinutes, platformFaultMinutes } of uptime) {
    const counted = Math.max(0, expectedMinutes - platformFaultMinutes);
    expected += counted;
    served += Math.min(servedMinutes, counted);
  }
  return expected === 0 ? 0 : floored(BPS * served, Math.min(ageDays, fullAfterDays), expected * fullAfterDays);
}

/** floor(10000 x (mean - 1) / 4), in one division: the mean is never rounded by itself. */
function ratingsBps(ratings: ReputationInputs['ratings']): number {
  const { priorRatings, priorStars, priorWeight } = REPUTATION_FORMULA.ratings;
  let weight = priorRatings * priorWeight;
  let aboveOne = weight * (priorStars - 1);
  for (const { stars, weight: more } of ratings) {
    weight += more;
    aboveOne += more * (stars - 1);
  }
  return floored(BPS, aboveOne, 4 * weight);
}

/** floor(10000 x (9 + completed) / (10 + completed + failed)). */
function jobsBps({ completed, failed }: ReputationInputs['jobs']): number {
  const { priorCompleted, priorAll } = REPUTATION_FORMULA.jobs;
  return floored(BPS, priorCompleted + completed, priorAll + completed + failed);
}

const floored = (a: number, b: number, c: number): number => Number(mulDiv(BigInt(a), BigInt(b), BigInt(c), 'floor'));
