/** uptime@1: what a machine is answerable for on a day, told as stories. */

import { enrolled, enrolment } from '@tokenos/testing/generators/sample-node';
import fc from 'fast-check';
import { addDays, dayStart } from '../day.js';
import type { NodeFact } from '../node/node.js';
import { DAY, HOUR, MINUTE, SECOND } from '../time.js';
import { MINUTES_PER_DAY, nextUptimeDay, serviceOf, uptimeOf, type Attendance, type Told } from './uptime.js';

const TODAY = '2026-11-25';
const MIDNIGHT = dayStart(TODAY);
const ALL = new Set(Array.from({ length: MINUTES_PER_DAY }, (_, minute) => minute));
const NONE: ReadonlySet<number> = new Set();
const PRESENT: Attendance = { there: ALL, listening: ALL };

const told = (fact: NodeFact, at: number): Told => ({ fact, at });
const verified = (at: number) => told({ type: 'NodeVerified', data: { hostKey: enrolment.hostKey } }, at);
const drained = (at: number) => told({ type: 'NodeDrained', data: {} }, at);
const resumed = (at: number) => told({ type: 'NodeResumed', data: {} }, at);
const retired = (at: number) => told({ type: 'NodeRetired', data: {} }, at);
const recorded = (day: string, at: number) =>
  told(
    {
      type: 'NodeUptimeRecorded',
      data: { rules: 'uptime@1', day, expectedMinutes: 1, servedMinutes: 1, platformFaultMinutes: 0 },
    },
    at,
  );
const long = [told(enrolled, MIDNIGHT - 9 * DAY), verified(MIDNIGHT - 9 * DAY)];
const uptime = (history: readonly Told[], heard = PRESENT) => {
  const service = serviceOf(history);
  return service === null ? null : uptimeOf(TODAY, service, heard);
};
const expected = (...history: readonly Told[]) => uptime(history)?.expectedMinutes;

describe('the uptime of a day', () => {
  it('is every minute of it, all of them served, for a machine that was always there', () => {
    expect(uptime(long)).toEqual({
      ...{ rules: 'uptime@1', day: TODAY },
      ...{ expectedMinutes: 1_440, servedMinutes: 1_440, platformFaultMinutes: 0 },
    });
  });

  it('misses the minutes in which others were heard and it was not', () => {
    const there = new Set([...ALL].filter((minute) => minute >= 60));
    expect(uptime(long, { there, listening: ALL })).toMatchObject({ servedMinutes: 1_380, platformFaultMinutes: 0 });
  });

  it('lays the minutes in which nobody was heard on the platform', () => {
    const listening = new Set([...ALL].filter((minute) => minute !== 7));
    const there = new Set([...ALL].filter((minute) => minute > 9));
    expect(uptime(long, { there, listening })).toMatchObject({
      ...{ expectedMinutes: 1_440, servedMinutes: 1_430, platformFaultMinutes: 1 },
    });
  });

  it('begins with the first whole minute after it was verified, and ends with the last before it was retired', () => {
    expect(expected(verified(MIDNIGHT + 10 * MINUTE + 1))).toBe(1_440 - 11);
    expect(expected(verified(MIDNIGHT + 10 * MINUTE))).toBe(1_440 - 10);
    expect(expected(...long, retired(MIDNIGHT + HOUR + 59 * SECOND))).toBe(60);
    expect(expected(...long, retired(MIDNIGHT))).toBe(0);
    expect(uptime([told(enrolled, MIDNIGHT)])).toBeNull();
  });

  it('goes on through a drain for a day: whoever announces it so long ahead is not missed', () => {
    expect(expected(...long, drained(MIDNIGHT - 12 * HOUR))).toBe(720);
    expect(expected(...long, drained(MIDNIGHT - DAY))).toBe(0);
    expect(expected(...long, drained(MIDNIGHT + HOUR))).toBe(1_440);
    expect(expected(...long, drained(MIDNIGHT - DAY), resumed(MIDNIGHT + HOUR))).toBe(1_380);
    expect(expected(...long, drained(MIDNIGHT - DAY), resumed(MIDNIGHT - HOUR))).toBe(1_440);
  });

  it('does not begin again where it was verified again', () => {
    expect(expected(...long, verified(MIDNIGHT + HOUR))).toBe(1_440);
  });

  it('always fits: what was served and what the platform spoiled are expected', () => {
    const minutes = fc.uniqueArray(fc.nat(MINUTES_PER_DAY - 1)).map((list) => new Set(list));
    const moments = fc.integer({ min: MIDNIGHT - 2 * DAY, max: MIDNIGHT + DAY });
    fc.assert(
      fc.property(moments, moments, moments, moments, minutes, minutes, (from, out, back, end, there, listening) => {
        const history = [verified(from), drained(out), resumed(back), retired(end)].sort((a, b) => a.at - b.at);
        const of = uptime(history, { there, listening });
        expect(of!.servedMinutes + of!.platformFaultMinutes).toBeLessThanOrEqual(of!.expectedMinutes);
        expect(of!.expectedMinutes).toBeLessThanOrEqual(MINUTES_PER_DAY);
        const nobody = uptime(history, { there: NONE, listening: NONE });
        expect(nobody).toMatchObject({ servedMinutes: 0, platformFaultMinutes: nobody!.expectedMinutes });
      }),
    );
  });
});

describe('the day to be recorded next', () => {
  it('is that of the verification, then each that follows, up to that of the retirement', () => {
    expect(nextUptimeDay([told(enrolled, MIDNIGHT)])).toBeNull();
    expect(nextUptimeDay([verified(MIDNIGHT)])).toBe(TODAY);
    const first = [verified(MIDNIGHT + HOUR), recorded(TODAY, MIDNIGHT + DAY)];
    expect(nextUptimeDay(first)).toBe(addDays(TODAY, 1));
    expect(nextUptimeDay([...first, retired(MIDNIGHT + DAY + HOUR)])).toBe(addDays(TODAY, 1));
    expect(nextUptimeDay([...first, retired(MIDNIGHT + DAY)])).toBeNull();
    expect(nextUptimeDay([verified(MIDNIGHT), retired(MIDNIGHT + HOUR), recorded(TODAY, MIDNIGHT + DAY)])).toBeNull();
  });
});
