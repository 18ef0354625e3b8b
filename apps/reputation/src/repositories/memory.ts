/** What reputation keeps, in memory: for the simulation, and gone with the process. */

import { addDays, type Day, dayStart } from '@tokenos/domain/day';
import {
  type CompletedJob,
  type NodeUptime,
  type OperatorPast,
  type Rating,
  UPTIME_ON_RECORD_BY,
} from '@tokenos/domain/reputation/past';
import type { Records } from './port.js';

interface Kept {
  registeredOn: Day | null;
  lastDay: Day | null;
  /** By node and day. */
  readonly uptime: Map<string, NodeUptime>;
  /** By rental and attempt: a wallet, or null for a failed one. */
  readonly jobs: Map<string, Omit<CompletedJob, 'wallet'> & { readonly wallet: string | null }>;
  readonly ratings: Map<string, Rating>;
}

export function memoryRecords(): Records {
  const operators = new Map<string, Kept>();
  const owners = new Map<string, string>();
  const marks = new Map<string, number>();

  function of(operatorId: string): Kept {
    const fresh: Kept = { registeredOn: null, lastDay: null, uptime: new Map(), jobs: new Map(), ratings: new Map() };
    const kept = operators.get(operatorId) ?? fresh;
    operators.set(operatorId, kept);
    return kept;
  }

  return {
    async register(operatorId, on) {
      of(operatorId).registeredOn = on;
    },
    async scored(operatorId, day) {
      of(operatorId).lastDay = day;
    },
    async nextDay(operatorId) {
      const { lastDay, registeredOn } = of(operatorId);
      const last = lastDay ?? registeredOn;
      return last === null ? null : addDays(last, 1);
    },
    async enrol(nodeId, operatorId) {
      owners.set(nodeId, operatorId);
    },
    async recordUptime(nodeId, uptime) {
      const owner = owners.get(nodeId);
      if (owner !== undefined) of(owner).uptime.set(`${nodeId} ${uptime.day}`, uptime);
    },
    async touch(rentalId, revision) {
      marks.set(rentalId, Math.max(marks.get(rentalId) ?? revision, revision));
    },
    touched: async () => [...marks.keys()].sort(),
    async settle(rentalId, revision) {
      if ((marks.get(rentalId) ?? Infinity) <= revision) marks.delete(rentalId);
    },
    async keep(rentalId, { completed, failed, ratings }) {
      const jobs = failed.map((one) => ({ ...one, wallet: null }));
      for (const { operatorId, attempt, wallet, recordedAt } of completed === null ? jobs : [...jobs, completed]) {
        add(of(operatorId).jobs, `${rentalId} ${attempt}`, { wallet, recordedAt });
      }
      for (const { operatorId, ...rating } of ratings) add(of(operatorId).ratings, rentalId, rating);
    },
    async past(operatorId, day) {
      const { uptime, jobs, ratings } = of(operatorId);
      return pastOf([...uptime.values()], [...jobs.values()], [...ratings.values()], day);
    },
  };
}

function add<Value>(to: Map<string, Value>, key: string, value: Value): void {
  if (!to.has(key)) to.set(key, value);
}

function pastOf(
  uptime: readonly NodeUptime[],
  jobs: readonly { readonly wallet: string | null; readonly recordedAt: number }[],
  ratings: readonly Rating[],
  day: Day,
): OperatorPast {
  const onRecord = uptime.filter((one) => one.recordedAt < dayStart(day) + UPTIME_ON_RECORD_BY);
  const days = onRecord.filter((one) => one.expectedMinutes > 0).map((one) => one.day);
  return {
    firstDay: days.sort()[0] ?? null,
    uptime: onRecord,
    ratings,
    completed: jobs.flatMap(({ wallet, recordedAt }) => (wallet === null ? [] : [{ wallet, recordedAt }])),
    failed: jobs.filter(({ wallet }) => wallet === null).map(({ recordedAt }) => recordedAt),
  };
}
