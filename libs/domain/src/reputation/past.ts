/** What reputation@1 takes from an operator's past: its windows and its caps. The same past gives the same inputs in any order. */

import { addDays, type Day, dayOf, daysBetween, dayStart } from '../day.js';
import { MINUTE, type Millis } from '../time.js';
import { REPUTATION_FORMULA } from './formula.js';
import type { RatingsOfStars, ReputationInputs, UptimeOfDay } from './reputation.js';

/** A day's uptime counts if it was on record by 00:04 UTC of the next: scores are computed from 00:05 on. */
export const UPTIME_ON_RECORD_BY: Millis = 4 * MINUTE;

/** `recordedAt` is the time of the fact that says so: a score stands on what was on record, whenever it is computed. */
export interface NodeUptime extends UptimeOfDay {
  readonly recordedAt: Millis;
}

export interface Rating {
  readonly rentalId: string;
  readonly buyerId: string;
  readonly stars: number;
  /** Minutes this operator served and was paid for. */
  readonly paidMinutes: number;
  readonly ratedAt: Millis;
  /** When both the rating and the final count of its minutes were on record. */
  readonly recordedAt: Millis;
}

export interface CompletedJob {
  /** The wallet that paid. */
  readonly wallet: string;
  readonly recordedAt: Millis;
}

export interface OperatorPast {
  /** The first day on which a machine was expected to serve; null where none was yet. */
  readonly firstDay: Day | null;
  /** Per node and day. */
  readonly uptime: readonly NodeUptime[];
  readonly ratings: readonly Rating[];
  readonly completed: readonly CompletedJob[];
  /** When each attempt that ended by the operator's fault was on record. */
  readonly failed: readonly Millis[];
}

/** The inputs of the score of `day`: what was on record at its first instant (uptime: four minutes later). */
export function inputsOf(past: OperatorPast, day: Day): ReputationInputs {
  const { uptime, jobs } = REPUTATION_FORMULA;
  const midnight = dayStart(day);
  const window = (days: number) => {
    const from = dayStart(addDays(day, -days));
    return (at: Millis): boolean => at >= from && at < midnight;
  };
  const inJobs = window(jobs.windowDays);
  const firstUptime = addDays(day, -uptime.windowDays);
  return {
    ageDays: past.firstDay === null ? 0 : Math.max(0, daysBetween(past.firstDay, day)),
    uptime: byDay(
      past.uptime.filter(
        (one) => one.day >= firstUptime && one.day < day && one.recordedAt < midnight + UPTIME_ON_RECORD_BY,
      ),
    ),
    ratings: byStars(past.ratings.filter(({ recordedAt }) => recordedAt < midnight)),
    jobs: {
      completed: countCompleted(past.completed.filter(({ recordedAt }) => inJobs(recordedAt))),
      failed: past.failed.filter(inJobs).length,
    },
  };
}

function byDay(uptime: readonly NodeUptime[]): readonly UptimeOfDay[] {
  const days = new Map<Day, UptimeOfDay>();
  for (const { day, expectedMinutes, servedMinutes, platformFaultMinutes } of uptime) {
    const sum = days.get(day) ?? { day, expectedMinutes: 0, servedMinutes: 0, platformFaultMinutes: 0 };
    days.set(day, {
      day,
      expectedMinutes: sum.expectedMinutes + expectedMinutes,
      servedMinutes: sum.servedMinutes + servedMinutes,
      platformFaultMinutes: sum.platformFaultMinutes + platformFaultMinutes,
    });
  }
  return [...days.values()].sort((a, b) => (a.day < b.day ? -1 : 1));
}

/** A rating weighs its paid minutes, at most 60; a buyer's together at most 300, and the newest come first. */
function byStars(ratings: readonly Rating[]): readonly RatingsOfStars[] {
  const { maxMinutesPerRental, maxMinutesPerBuyer } = REPUTATION_FORMULA.ratings;
  const left = new Map<string, number>();
  const totals = new Map<number, RatingsOfStars>();
  for (const { buyerId, stars, paidMinutes } of [...ratings].sort(newestFirst)) {
    const room = left.get(buyerId) ?? maxMinutesPerBuyer;
    const weight = Math.min(paidMinutes, maxMinutesPerRental, room);
    if (weight === 0) continue;
    left.set(buyerId, room - weight);
    const sum = totals.get(stars) ?? { stars, ratings: 0, weight: 0 };
    totals.set(stars, { stars, ratings: sum.ratings + 1, weight: sum.weight + weight });
  }
  return [...totals.values()].sort((a, b) => a.stars - b.stars);
}

const newestFirst = (a: Rating, b: Rating): number => b.ratedAt - a.ratedAt || (a.rentalId < b.rentalId ? -1 : 1);

/** Oldest first, a wallet's job counts while fewer than 5 of its others count in the 30 UTC days that end with the job's own. */
function countCompleted(completed: readonly CompletedJob[]): number {
  const { maxPerWallet, walletWindowDays } = REPUTATION_FORMULA.jobs;
  const counted = new Map<string, Day[]>();
  for (const { wallet, recordedAt } of [...completed].sort((a, b) => a.recordedAt - b.recordedAt)) {
    const day = dayOf(recordedAt);
    const others = counted.get(wallet) ?? [];
    const near = others.filter((other) => daysBetween(other, day) < walletWindowDays);
    if (near.length < maxPerWallet) counted.set(wallet, [...others, day]);
  }
  return [...counted.values()].reduce((total, days) => total + days.length, 0);
}
