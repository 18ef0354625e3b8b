/** The victims that free enough GPUs of one node: the closest fit, then the fewest, then those who stand first in line. */

/**
 * `sizes`: GPUs of each rental, in the order in which they are asked to yield. `need`: GPUs to free, above 0 and at most all.
 * Answers places in `sizes`, ascending. Whoever is among them is needed: without any one of them too few GPUs come free.
 */
export function leastVictims(sizes: readonly number[], need: number): readonly number[] {
  /** For each number of GPUs that can be freed exactly, the best way to. Sets that are enough already are not grown. */
  const ways = new Map<number, readonly number[]>([[0, []]]);
  sizes.forEach((size, place) => {
    for (const [freed, places] of [...ways]) {
      if (freed >= need) continue;
      const grown = [...places, place];
      const known = ways.get(freed + size);
      if (known === undefined || inLine([grown.length, ...grown], [known.length, ...known]) < 0) {
        ways.set(freed + size, grown);
      }
    }
  });
  const closest = Math.min(...[...ways.keys()].filter((freed) => freed >= need));
  return ways.get(closest) ?? [];
}

/** Compares number by number, at the first place where they differ: below 0 where `a` comes first. */
export function inLine(a: readonly number[], b: readonly number[]): number {
  for (const [place, number] of a.entries()) {
    const other = b[place] ?? 0;
    if (number !== other) return number - other;
  }
  return 0;
}
