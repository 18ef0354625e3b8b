/** What is put on record every day, of everyone: nobody is passed over while the others go on. */

import type { NoteAt } from '../here.js';
import type { Code } from '../finding.js';
import { DAY_MS, MINUTE_MS } from '../units.js';

/** One after the other: whoever is an hour behind the first was forgotten. */
const ALL_WITHIN_MS = 60 * MINUTE_MS;

/** Days are counted from 1970-01-01. */
export const dayOf = (at: number): number => (at - (at % DAY_MS)) / DAY_MS;
export const nameOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

export class Daily {
  /** By stream: the last day on record, or the one before the first that must be. */
  private readonly last = new Map<string, number>();
  /** By stream: the last day that must be on record. */
  private readonly leaves = new Map<string, number>();
  /** By day: when it was first put on record for anyone. */
  private readonly begun = new Map<number, number>();

  /** `first`: the first day that must be on record of it. Only the first time counts. */
  joins(stream: string, first: number): void {
    if (!this.last.has(stream)) this.last.set(stream, first - 1);
  }

  leavesAfter(stream: string, last: number): void {
    this.leaves.set(stream, last);
  }

  /** The day that must be on record next; null where none is. */
  next(stream: string): number | null {
    const last = this.last.get(stream);
    return last === undefined ? null : last + 1;
  }

  record(stream: string, day: number, at: number): void {
    this.last.set(stream, day);
    this.begun.set(day, Math.min(at, this.begun.get(day) ?? at));
  }

  /** `endAt`: the time of the last fact of all. `clockScale`: how much faster than real the platform's clock ran. */
  check(noteAt: NoteAt, code: Code, endAt: number, clockScale: number): void {
    const done = [...this.begun].filter(([, at]) => at + ALL_WITHIN_MS * clockScale <= endAt).map(([day]) => day);
    const newest = done.reduce((max, day) => Math.max(max, day), Number.NEGATIVE_INFINITY);
    for (const [stream, last] of this.last) {
      const due = Math.min(newest, this.leaves.get(stream) ?? newest);
      if (last < due)
        noteAt(stream, null)(
          code,
          `${nameOf(due)} is on record of others, and of this one nothing after ${nameOf(last)}`,
        );
    }
  }
}
