/** An operator's scores, told: the latest with its parts and inputs, and for each of the last 30 days what changed. Pure. */

import type { ReputationAnswer } from '@tokenos/contracts/api/reputation';
import type { Day } from '@tokenos/domain/day';
import { REPUTATION_FORMULA } from '@tokenos/domain/reputation/formula';
import {
  NO_RECORD,
  partsOf,
  reputation,
  type Reputation,
  type ReputationInputs,
} from '@tokenos/domain/reputation/reputation';

/** A ReputationRecomputed, as far as it is shown. */
export interface ScoreOfDay extends Reputation {
  readonly day: Day;
  readonly inputs: ReputationInputs;
}

export const SHOWN_DAYS = 30;

const NEWCOMER = { day: null, inputs: NO_RECORD, ...reputation(NO_RECORD) };

/** `scores`: newest first; one more than is shown, so that the oldest shown has one to be compared with. */
export function standingOf(operatorId: string, scores: readonly ScoreOfDay[]): ReputationAnswer {
  const { day, scoreBps, tier, provisional, inputs } = scores[0] ?? NEWCOMER;
  return {
    ...{ operatorId, rules: REPUTATION_FORMULA.rules, day, scoreBps, tier, provisional },
    parts: partsOf(inputs),
    inputs: toldInputs(inputs),
    history: scores.slice(0, SHOWN_DAYS).map((score, index) => toldDay(score, scores[index + 1] ?? null)),
  };
}

function toldDay({ day, scoreBps, tier, provisional, inputs }: ScoreOfDay, before: ScoreOfDay | null) {
  return {
    ...{ day, scoreBps, tier, provisional },
    changeBps: before === null ? null : scoreBps - before.scoreBps,
    why: before === null ? [] : changes(before.inputs, inputs),
  };
}

const PARTS = { uptime: 'uptimeBps', ratings: 'ratingsBps', jobs: 'jobsBps' } as const;

function changes(before: ReputationInputs, now: ReputationInputs): ReputationAnswer['history'][number]['why'] {
  const [from, to] = [partsOf(before), partsOf(now)];
  return (['uptime', 'ratings', 'jobs'] as const)
    .map((part) => ({ part, fromBps: from[PARTS[part]], toBps: to[PARTS[part]] }))
    .filter(({ fromBps, toBps }) => fromBps !== toBps);
}

const toldInputs = ({ ageDays, uptime, ratings, jobs }: ReputationInputs): ReputationAnswer['inputs'] => ({
  ...{ ageDays, jobs },
  uptime: [...uptime],
  ratings: [...ratings],
});
