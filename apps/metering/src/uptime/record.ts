/** Appends a machine's uptime of the first day that has none, a minute into the next. The fact makes the day after due. */

import { nodeStream } from '@tokenos/contracts/facts/streams';
import { addDays, type Day, dayStart } from '@tokenos/domain/day';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { MINUTES_PER_DAY, nextUptimeDay, serviceOf, uptimeOf } from '@tokenos/domain/uptime/uptime';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { DutyHandlers, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { nodes } from '../streams.js';
import { ANYONE, KEEP_ATTENDANCE, minuteOf, type AttendanceBook } from './attendance.js';

export interface UptimeParts extends Pick<Parts, 'act' | 'clock' | 'caughtUp'> {
  readonly attendance: AttendanceBook;
  /** One stream's facts, in order. */
  readonly read: (stream: string) => Promise<readonly Envelope[]>;
}

/** The last minute's heartbeats have a minute to arrive; scores are computed four minutes later. */
export const recordedFrom = (day: Day): Millis => dayStart(addDays(day, 1)) + MINUTE;

export const uptimeDuties = (parts: UptimeParts) =>
  ({ uptime: (duty) => recordUptime(parts, duty.key) }) satisfies DutyHandlers;

async function recordUptime(parts: UptimeParts, nodeId: string): Promise<DutyOutcome> {
  const { act, clock, caughtUp, attendance, read } = parts;
  const envelopes = await read(`node-${nodeId}`);
  const told = envelopes.map((envelope) => ({ fact: nodeStream.decode(envelope), at: Date.parse(envelope.at) }));
  const [day, service] = [nextUptimeDay(told), serviceOf(told)];
  if (day === null || service === null) return 'done';
  const due = recordedFrom(day);
  if (clock.now() < due) return { again: due };
  if (!(await caughtUp())) return { again: clock.now() + SECOND };
  const first = minuteOf(dayStart(day));
  const ofDay = async (who: string): Promise<ReadonlySet<number>> => {
    const minutes = await attendance.minutes(who, first, first + MINUTES_PER_DAY);
    return new Set([...minutes].map((minute) => minute - first));
  };
  const uptime = uptimeOf(day, service, { there: await ofDay(nodeId), listening: await ofDay(ANYONE) });
  const recorded = await act.handle(nodes, nodeId, () => ({ type: 'RecordUptime', uptime }));
  // Passed over, the node would never have another day: thrown, the duty is tried again and alarms.
  if (recorded.kind === 'rejected') throw new Error(`uptime of node ${nodeId} on ${day}: ${recorded.rejection.code}`);
  await attendance.dropBefore(minuteOf(clock.now() - KEEP_ATTENDANCE));
  return 'done';
}
