/** How far a rebuild is, in a line for a person. */

import type { Rebuild } from '@tokenos/runtime/views/rebuild/request';

export type Seen = Pick<Rebuild, 'state' | 'read' | 'folded' | 'expected' | 'error' | 'began_at' | 'ended_at'>;

const count = (n: bigint): string => n.toLocaleString('en-US');
const NAME_WIDTH = 12;

/** `sinceMs`: how long it has been folding, as far as the reader knows. */
export function progressLine(service: string, seen: Seen | null, sinceMs: number): string {
  return `${service.padEnd(NAME_WIDTH)}${seen === null ? 'asked' : words(seen, sinceMs)}`;
}

function words(seen: Seen, sinceMs: number): string {
  switch (seen.state) {
    case 'asked':
      return 'asked';
    case 'folding':
      return underWay(seen, sinceMs);
    case 'done':
      return `rebuilt from ${count(seen.folded)} facts in ${seconds(tookMs(seen))}, ${rateOf(seen.folded, tookMs(seen))}`;
    case 'failed':
      return `failed, the view is as it was: ${seen.error ?? ''}`;
  }
}

function underWay({ folded, expected, read }: Seen, sinceMs: number): string {
  const whole = folded > expected ? folded : expected;
  const percent = whole === 0n ? 100n : (100n * folded) / whole;
  const left = folded === 0n ? null : (sinceMs * Number(whole - folded)) / Number(folded);
  return [
    `${count(folded)} of ${count(whole)} facts (${percent} %)`,
    rateOf(folded, sinceMs),
    `${count(read)} looked at in the store`,
    left === null ? 'beginning' : left < 1 ? 'taking its place' : `${seconds(left)} to go`,
  ].join(', ');
}

/** From its beginning until it had taken its place. */
export const tookMs = ({ began_at, ended_at }: Seen): number => (ended_at?.getTime() ?? 0) - (began_at?.getTime() ?? 0);

export const perSecond = (facts: bigint, ms: number): number => Math.round(Number(facts) / (Math.max(ms, 1) / 1000));
const rateOf = (facts: bigint, ms: number): string => `${count(BigInt(perSecond(facts, ms)))}/s`;
const seconds = (ms: number): string => (ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`);
