/** The numbers of reputation@1: one place for the rule, for the page that explains it, and for the public endpoint. */

export const REPUTATION = 'reputation@1';

export const REPUTATION_FORMULA = {
  rules: REPUTATION,
  /** Percent of the score. */
  weights: { uptime: 60, ratings: 25, jobs: 15 },
  uptime: { windowDays: 30, fullAfterDays: 7 },
  ratings: { priorRatings: 5, priorStars: 4, priorWeight: 60, maxMinutesPerRental: 60, maxMinutesPerBuyer: 300 },
  jobs: { windowDays: 90, priorCompleted: 9, priorAll: 10, maxPerWallet: 5, walletWindowDays: 30 },
  /** Best first; everyone else is BRONZE. */
  tiers: [
    { tier: 'PLATINUM', fromBps: 9_500 },
    { tier: 'GOLD', fromBps: 8_500 },
    { tier: 'SILVER', fromBps: 7_000 },
    { tier: 'BRONZE', fromBps: 0 },
  ],
  provisional: { untilDays: 7, untilJobs: 10 },
} as const;

export type ReputationTier = (typeof REPUTATION_FORMULA.tiers)[number]['tier'];
