/** What tells an anchor from the facts that it should cover, in words. */

import type { Anchored } from './memo.js';

type Sizes = Pick<Anchored, 'facts' | 'streams'>;

const DAY_MS = 86_400_000;

/** As closely as numbers can tell: which facts they are, no root says. */
export function difference(anchored: Sizes, counted: Sizes): string {
  const parts = [
    apart(counted.facts - anchored.facts, 'fact'),
    apart(counted.streams - anchored.streams, 'stream'),
  ].filter((part) => part !== null);
  if (parts.length > 0) return `${parts.join(' and ')} than were anchored`;
  return 'as many facts and streams as were anchored, and not the same ones';
}

function apart(more: number, what: string): string | null {
  if (more === 0) return null;
  const count = Math.abs(more);
  return `${count} ${what}${count === 1 ? '' : 's'} ${more > 0 ? 'more' : 'fewer'}`;
}

/** Days between the first and the last that have no anchor. */
export function missingDays(days: readonly string[]): readonly string[] {
  const missed: string[] = [];
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return [];
  for (let at = Date.parse(first); at < Date.parse(last); at += DAY_MS) {
    const day = new Date(at).toISOString().slice(0, 10);
    if (!days.includes(day)) missed.push(day);
  }
  return missed;
}
