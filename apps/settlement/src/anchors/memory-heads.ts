/** Heads in memory: for the simulation, and gone with the process. */

import type { Counted } from '@tokenos/domain/anchor/anchor';
import { byCodePoint, type StreamHead } from '@tokenos/domain/anchor/tree';
import { type Heads, type Place, PlaceMoved } from './port.js';

export function memoryHeads(): Heads {
  let place: Place = { position: null, facts: 0, day: null };
  const heads = new Map<string, StreamHead>();
  const counts = new Map<string, Counted>();
  return {
    place: async () => place,
    async move(from, to, news, counted) {
      if (from.facts !== place.facts) throw new PlaceMoved();
      place = to;
      for (const head of news) heads.set(head.stream, head);
      if (counted !== undefined) counts.set(counted.day, counted);
    },
    page: async (after, limit) =>
      [...heads.values()]
        .filter(({ stream }) => after === null || byCodePoint(stream, after) > 0)
        .sort((a, b) => byCodePoint(a.stream, b.stream))
        .slice(0, limit),
    counted: async (day) => counts.get(day) ?? null,
  };
}
