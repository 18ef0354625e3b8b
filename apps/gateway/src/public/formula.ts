/** reputation@1 as the public endpoint tells it: the numbers from the rule itself, and the same in words. */

import type { ReputationFormulaAnswer } from '@tokenos/contracts/api/reputation';
import { REPUTATION_FORMULA } from '@tokenos/domain/reputation/formula';

export function formulaAnswer(): ReputationFormulaAnswer {
  const { rules, weights, uptime, ratings, jobs, tiers, provisional } = REPUTATION_FORMULA;
  const { windowDays, fullAfterDays } = uptime;
  return {
    rules,
    docs: 'docs/rules/reputation.md',
    words: {
      score: `floor((${weights.uptime} U + ${weights.ratings} R + ${weights.jobs} J) / 100), each part in basis points and floored by itself; once a day per operator, from public facts`,
      uptime: `U = floor(10000 x served x min(age in days, ${fullAfterDays}) / (expected x ${fullAfterDays})): node-minutes of the last ${windowDays} UTC days ending yesterday, without those that the platform spoiled`,
      ratings: `R = floor(10000 x (mean stars - 1) / 4): stars weighted by paid minutes, at most ${ratings.maxMinutesPerRental} per rental and ${ratings.maxMinutesPerBuyer} per buyer, beginning with ${ratings.priorRatings} ratings of ${ratings.priorStars} stars at weight ${ratings.priorWeight}`,
      jobs: `J = floor(10000 x (${jobs.priorCompleted} + completed) / (${jobs.priorAll} + completed + failed)): the last ${jobs.windowDays} UTC days; at most ${jobs.maxPerWallet} completed per wallet and operator in ${jobs.walletWindowDays} days; failed are attempts ended by the operator's fault`,
    },
    numbers: { weights, uptime, ratings, jobs, tiers: [...tiers], provisional },
  };
}
