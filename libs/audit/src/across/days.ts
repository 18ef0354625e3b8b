/** uptime@1: what a machine was expected for follows from its own facts, no day is passed over, and the platform is deaf to all alike. */

import type { Here, NoteAt } from '../here.js';
import { DAY_MS, instant, MINUTE_MS } from '../units.js';
import type { NodeWire } from '../wire.js';
import { Daily, dayOf, nameOf } from './daily.js';
import type { Node } from './nodes.js';
import type { Since } from './since.js';

type Uptime = Extract<NodeWire, { type: 'NodeUptimeRecorded.v1' }>['data'];

const DAY_MINUTES = 1_440;
/** Who drains is still answerable for a day. */
const ANNOUNCED_MS = DAY_MS;

export class Days {
  readonly daily = new Daily();
  private readonly deaf: { readonly stream: string; readonly revision: number; readonly said: Uptime }[] = [];
  /** By day: in no more minutes than these can nobody have been heard. */
  private readonly deafAtMost = new Map<string, number>();

  verified(stream: string, at: number): void {
    this.daily.joins(stream, dayOf(at));
  }

  /** On the day it leaves something is expected of it, unless it leaves at midnight. */
  retired(stream: string, at: number): void {
    this.daily.leavesAfter(stream, dayOf(at - 1));
  }

  /** `node`: as its own facts before this one tell. */
  see(node: Node, uptime: Uptime, { stream, revision, note, at }: Here): void {
    const { day, expectedMinutes, servedMinutes, platformFaultMinutes } = uptime;
    if (!note.compare('uptime@1', 'rules of the day', 'uptime@1', uptime.rules)) return;
    const began = instant(`${day}T00:00:00.000Z`);
    const due = this.daily.next(stream);
    if (due === null) note('uptime@1', 'nobody has verified it');
    else note.compare('uptime@1', 'the day that is on record next', nameOf(due), day);
    this.daily.record(stream, dayOf(began), at);
    if (at < began + DAY_MS) note('uptime@1', `${day} is recorded before it is over`);
    note.compare('uptime@1', `minutes expected on ${day}`, BigInt(expectedOn(began, node)), BigInt(expectedMinutes));
    if (servedMinutes + platformFaultMinutes > expectedMinutes) {
      note('uptime@1', `${servedMinutes} served and ${platformFaultMinutes} spoiled of ${expectedMinutes} minutes`);
    }
    const unexpected = DAY_MINUTES - expectedMinutes;
    const before = this.deafAtMost.get(day) ?? DAY_MINUTES;
    this.deafAtMost.set(day, Math.min(before, platformFaultMinutes + unexpected));
    if (platformFaultMinutes > 0) this.deaf.push({ stream, revision, said: uptime });
  }

  check(noteAt: NoteAt, endAt: number, clockScale: number): void {
    this.daily.check(noteAt, 'uptime@1', endAt, clockScale);
    for (const { stream, revision, said } of this.deaf) {
      const { day, platformFaultMinutes } = said;
      const atMost = this.deafAtMost.get(day) ?? DAY_MINUTES;
      if (platformFaultMinutes <= atMost) continue;
      const spoiled = `${platformFaultMinutes} minutes of ${day} are spoiled for it`;
      noteAt(stream, revision)(
        'uptime@1',
        `${spoiled}, and for another machine that was expected then ${atMost} at most`,
      );
    }
  }
}

/** Whole minutes of the day that began then, from the first verification until it is retired, but for those away as announced. */
function expectedOn(began: number, { verified, draining, retiredAt }: Node): number {
  const from = verified.find(({ value }) => value)?.from ?? Number.POSITIVE_INFINITY;
  const [first, end] = [minuteFrom(from - began), minuteTo(retiredAt - began)];
  let expected = Math.max(0, end - first);
  for (const away of awayIn(draining)) {
    // A minute that it was away in part is not expected either.
    const gone = Math.max(first, minuteTo(away.from - began));
    const back = Math.min(end, minuteFrom(away.until - began));
    expected -= Math.max(0, back - gone);
  }
  return expected;
}

const within = (minute: number): number => Math.max(0, Math.min(DAY_MINUTES, minute));
/** The first minute that begins no sooner. */
const minuteFrom = (ms: number): number => within(Math.ceil(ms / MINUTE_MS));
/** The minute that this lies in: the first that is not over by then. */
const minuteTo = (ms: number): number => within(Math.floor(ms / MINUTE_MS));

function awayIn(draining: readonly Since<boolean>[]): { readonly from: number; readonly until: number }[] {
  return draining.flatMap(({ from, value }, index) => {
    if (!value) return [];
    const back = draining.slice(index).find((later) => !later.value);
    return [{ from: from + ANNOUNCED_MS, until: back?.from ?? Number.POSITIVE_INFINITY }];
  });
}
