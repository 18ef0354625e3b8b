/** An operator's reputation as anyone may see it: the score, every input, how it came to change; and the formula itself. */

import { REPUTATION_FORMULA } from '@tokenos/domain/reputation/formula';
import { GPU_TIERS } from '@tokenos/domain/pricing/rate-sheet';
import { z } from 'zod';
import { reputationInputs } from '../facts/reputation.js';

export const reputationTier = z.enum(REPUTATION_FORMULA.tiers.map(({ tier }) => tier));
const scoreBps = z.int().min(0).max(10_000);
const day = z.iso.date();

/** What a score says at a glance. */
export const standing = {
  scoreBps,
  tier: reputationTier,
  provisional: z.boolean().describe('younger than 7 days, or fewer than 10 jobs in the last 90 days'),
};

const parts = z.strictObject({ uptimeBps: scoreBps, ratingsBps: scoreBps, jobsBps: scoreBps });

const past = z.strictObject({
  day,
  ...standing,
  changeBps: z.int().nullable().describe('against the day before; null for the first score'),
  why: z
    .array(z.strictObject({ part: z.enum(['uptime', 'ratings', 'jobs']), fromBps: scoreBps, toBps: scoreBps }))
    .describe('the parts that changed'),
});

export const reputationAnswer = z.strictObject({
  operatorId: z.string(),
  rules: z.string(),
  day: day.nullable().describe('the UTC day this score was computed for; null before the first: a newcomer’s score'),
  ...standing,
  parts,
  inputs: reputationInputs,
  history: z.array(past).describe('the last 30 days, newest first'),
});
export type ReputationAnswer = z.infer<typeof reputationAnswer>;

export const publicOperator = z.strictObject({
  ...reputationAnswer.shape,
  nodes: z.array(
    z.strictObject({
      nodeId: z.string(),
      gpuTier: z.enum(GPU_TIERS),
      model: z.string(),
      gpus: z.int(),
      idleGpus: z.int(),
      simulated: z.boolean(),
      region: z.string(),
      country: z.string(),
      verified: z.boolean(),
      draining: z.boolean(),
      online: z.boolean(),
    }),
  ),
  links: z.strictObject({ formula: z.string() }),
});

const whole = z.int().nonnegative();

export const reputationFormula = z.strictObject({
  rules: z.string(),
  docs: z.string().describe('the rule for people, in the source repository'),
  words: z.strictObject({ score: z.string(), uptime: z.string(), ratings: z.string(), jobs: z.string() }),
  numbers: z.strictObject({
    weights: z.strictObject({ uptime: whole, ratings: whole, jobs: whole }),
    uptime: z.strictObject({ windowDays: whole, fullAfterDays: whole }),
    ratings: z.strictObject({
      priorRatings: whole,
      priorStars: whole,
      priorWeight: whole,
      maxMinutesPerRental: whole,
      maxMinutesPerBuyer: whole,
    }),
    jobs: z.strictObject({
      windowDays: whole,
      priorCompleted: whole,
      priorAll: whole,
      maxPerWallet: whole,
      walletWindowDays: whole,
    }),
    tiers: z.array(z.strictObject({ tier: reputationTier, fromBps: scoreBps })),
    provisional: z.strictObject({ untilDays: whole, untilJobs: whole }),
  }),
});
export type ReputationFormulaAnswer = z.infer<typeof reputationFormula>;

export const rateRental = z.strictObject({ stars: z.int().min(1).max(5) });
export const ratingAnswer = z.strictObject({
  rentalId: z.uuid(),
  stars: z.int().min(1).max(5),
  ratedAt: z.iso.datetime(),
});
