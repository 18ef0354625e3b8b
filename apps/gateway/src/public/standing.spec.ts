import { reputationAnswer } from '@tokenos/contracts/api/reputation';
import { addDays } from '@tokenos/domain/day';
import { NO_RECORD, reputation, type ReputationInputs } from '@tokenos/domain/reputation/reputation';
import { formulaAnswer } from './formula.js';
import { SHOWN_DAYS, standingOf, type ScoreOfDay } from './standing.js';

const TODAY = '2026-11-25';
const scoreOf = (daysAgo: number, inputs: ReputationInputs): ScoreOfDay => ({
  day: addDays(TODAY, -daysAgo),
  inputs,
  ...reputation(inputs),
});
const served = (servedMinutes: number, completed = 0): ReputationInputs => ({
  ageDays: 9,
  uptime: [{ day: '2026-11-24', expectedMinutes: 1_440, servedMinutes, platformFaultMinutes: 0 }],
  ratings: [{ stars: 5, ratings: 1, weight: 60 }],
  jobs: { completed, failed: 0 },
});

describe('the standing of an operator', () => {
  it('without a score is that of a newcomer', () => {
    expect(reputationAnswer.parse(standingOf('op', []))).toEqual({
      ...{ operatorId: 'op', rules: 'reputation@1', day: null, scoreBps: 3_225, tier: 'BRONZE', provisional: true },
      parts: { uptimeBps: 0, ratingsBps: 7_500, jobsBps: 9_000 },
      inputs: NO_RECORD,
      history: [],
    });
  });

  it('says by how much each score changed, and which parts did it', () => {
    const told = standingOf('op', [scoreOf(0, served(1_440, 1)), scoreOf(1, served(1_440)), scoreOf(2, served(720))]);
    expect(reputationAnswer.parse(told).history).toEqual([
      expect.objectContaining({
        day: '2026-11-25',
        changeBps: 13,
        why: [{ part: 'jobs', fromBps: 9_000, toBps: 9_090 }],
      }),
      expect.objectContaining({
        day: '2026-11-24',
        changeBps: 3_000,
        why: [{ part: 'uptime', fromBps: 5_000, toBps: 10_000 }],
      }),
      expect.objectContaining({ day: '2026-11-23', changeBps: null, why: [] }),
    ]);
    expect(told.day).toBe(TODAY);
  });

  it('compares the oldest day it shows with the one before', () => {
    const scores = Array.from({ length: SHOWN_DAYS + 1 }, (_, daysAgo) => scoreOf(daysAgo, served(1_440 - daysAgo)));
    const { history } = standingOf('op', scores);
    expect(history).toHaveLength(SHOWN_DAYS);
    expect(history.at(-1)?.changeBps).toBeGreaterThan(0);
  });
});

describe('the formula, told', () => {
  it('computes the newcomer’s score from its own numbers', () => {
    const { weights, ratings, jobs } = formulaAnswer().numbers;
    const R = Math.floor((10_000 * (ratings.priorStars - 1)) / 4);
    const J = Math.floor((10_000 * jobs.priorCompleted) / jobs.priorAll);
    expect(Math.floor((weights.ratings * R + weights.jobs * J) / 100)).toBe(reputation(NO_RECORD).scoreBps);
  });
});
