/** Amounts, rates and times in an explanation: for people first, with the integers that the rules count in beside them. */

import { inUsdc } from '../report.js';

export const usdc = (micro: bigint): string => `${inUsdc(micro)} USDC`;

/** A sum as it was computed, in micro-USDC, then in USDC. */
export const sum = (how: string, micro: bigint): string => `${how} = ${micro} = ${usdc(micro)}`;

export const many = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** `2026-11-23T10:00:30.000Z` -> `2026-11-23 10:00:30.000`. */
export const when = (instant: string): string => instant.replace('T', ' ').replace('Z', '');

/** Between two times, to the millisecond: `25 min 30.000 s`. */
export function lasting(ms: number): string {
  const sign = ms < 0 ? '-' : '';
  const whole = Math.abs(ms);
  const [minutes, rest] = [Math.floor(whole / 60_000), whole % 60_000];
  const seconds = `${Math.floor(rest / 1_000)}.${(rest % 1_000).toString().padStart(3, '0')} s`;
  return `${sign}${minutes > 0 ? `${minutes} min ` : ''}${seconds}`;
}

/** `0 to 24`, or `7`. */
export const span = (first: number, last: number): string => (first === last ? `${first}` : `${first} to ${last}`);

/** Indices as spans: `3, 7 to 9`. */
export function spans(indices: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const index of indices) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === index - 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([first, last]) => span(first, last)).join(', ');
}
