/** uptime@1: the minutes of a UTC day that a machine was answerable for, and those in which it was there. */

import { addDays, type Day, dayOf, dayStart } from '../day.js';
import type { NodeFact, NodeUptimeRecorded } from '../node/node.js';
import { DAY, HOUR, MINUTE, type Millis } from '../time.js';

export const UPTIME = 'uptime@1';

/** Whoever announces so long ahead that a machine goes is not missed. A drain is the announcement. */
export const DRAIN_NOTICE: Millis = 24 * HOUR;

export const MINUTES_PER_DAY = DAY / MINUTE;

/** A fact of the machine and when it was put on record. */
export interface Told {
  readonly fact: NodeFact;
  readonly at: Millis;
}

export interface Stretch {
  readonly from: Millis;
  /** Infinity: it goes on. */
  readonly until: Millis;
}

/** When a machine is answerable for each whole minute: all the time in between, but for where it was away as announced. */
export interface Service extends Stretch {
  readonly away: readonly Stretch[];
}

/** Which minutes of the day (0 to 1439) what was heard in. */
export interface Attendance {
  /** A signed heartbeat of this machine that calls all its GPUs healthy. */
  readonly there: ReadonlySet<number>;
  /** Anything from anyone: where nothing was, the platform itself was not listening. */
  readonly listening: ReadonlySet<number>;
}

/** From the first verification until it is retired; away from 24 hours after each drain until it is resumed. Null: never verified. */
export function serviceOf(told: readonly Told[]): Service | null {
  const from = firstAt(told, 'NodeVerified');
  if (from === null) return null;
  const away: Stretch[] = [];
  let drainedAt: Millis | null = null;
  for (const { fact, at } of told) {
    if (fact.type === 'NodeDrained') drainedAt = at;
    if (fact.type !== 'NodeResumed' || drainedAt === null) continue;
    away.push({ from: drainedAt + DRAIN_NOTICE, until: at });
    drainedAt = null;
  }
  if (drainedAt !== null) away.push({ from: drainedAt + DRAIN_NOTICE, until: Infinity });
  return { from, until: firstAt(told, 'NodeRetired') ?? Infinity, away };
}

const firstAt = (told: readonly Told[], type: NodeFact['type']): Millis | null =>
  told.find(({ fact }) => fact.type === type)?.at ?? null;

/** A minute counts whole or not at all: one that was announced away in part is not expected. */
export function uptimeOf(day: Day, { from, until, away }: Service, heard: Attendance): NodeUptimeRecorded {
  let [expectedMinutes, servedMinutes, platformFaultMinutes] = [0, 0, 0];
  const midnight = dayStart(day);
  for (let minute = 0; minute < MINUTES_PER_DAY; minute++) {
    const start = midnight + minute * MINUTE;
    const end = start + MINUTE;
    if (start < from || end > until || away.some((gone) => gone.from < end && start < gone.until)) continue;
    expectedMinutes += 1;
    if (heard.there.has(minute)) servedMinutes += 1;
    else if (!heard.listening.has(minute)) platformFaultMinutes += 1;
  }
  return { rules: UPTIME, day, expectedMinutes, servedMinutes, platformFaultMinutes };
}

/** The first day without a record. Null: it was never verified, or the day it was retired on is recorded. */
export function nextUptimeDay(told: readonly Told[]): Day | null {
  const service = serviceOf(told);
  if (service === null) return null;
  const recorded = told.flatMap(({ fact }) => (fact.type === 'NodeUptimeRecorded' ? [fact.data.day] : [])).at(-1);
  const next = recorded === undefined ? dayOf(service.from) : addDays(recorded, 1);
  return dayStart(next) >= service.until ? null : next;
}
