/** Minute k of a rental is [startedAt + 60k s, + 60 s): one index for the whole rental, across nodes. A bitmap says which were served. */

import { MINUTE, SECOND, type Millis } from '../time.js';

/** One UsageMetered covers at most an hour. */
export const MAX_MINUTES_PER_FACT = 60;
/** A successful probe vouches for the minutes that end at most this long after the probe began. */
export const PROBE_REACH: Millis = 120 * SECOND;

export const minuteStart = (startedAt: Millis, index: number): Millis => startedAt + index * MINUTE;
export const minuteEnd = (startedAt: Millis, index: number): Millis => minuteStart(startedAt, index + 1);

/** The index of the minute that holds `at`, which must not lie before the start. */
export const minuteAt = (startedAt: Millis, at: Millis): number => Math.floor((at - startedAt) / MINUTE);

/** How many whole minutes fit before the given end: a minute counts only if it ends no later. */
export const wholeMinutes = (startedAt: Millis, end: Millis): number => Math.max(0, minuteAt(startedAt, end));

/** "101" = first and third minute served: text, because it is read by people and hashed as it stands. */
export type MinuteBitmap = string;

export const isBitmap = (text: string): boolean => /^[01]{1,60}$/.test(text);

export const servedIn = (bitmap: MinuteBitmap): number => [...bitmap].filter((bit) => bit === '1').length;

/**
 * All of one attempt. That the same attempt ran throughout the minute needs no evidence: minutes are counted only of a started
 * rental, a started rental has one placement, and none follows it.
 */
export interface MinuteEvidence {
  /** A signed heartbeat naming every leased GPU healthy arrived in the minute (bus time). */
  readonly heartbeat: boolean;
  /** Of the latest platform probe that began before the minute's end; null where there was none. */
  readonly latestProbe: { readonly beganAt: Millis; readonly succeeded: boolean } | null;
}

/** No evidence, no charge. `endsAt` is the end of the minute. */
export function isServed(endsAt: Millis, evidence: MinuteEvidence): boolean {
  const probe = evidence.latestProbe;
  return (
    evidence.heartbeat &&
    probe !== null &&
    probe.succeeded &&
    probe.beganAt <= endsAt &&
    endsAt - probe.beganAt <= PROBE_REACH
  );
}
