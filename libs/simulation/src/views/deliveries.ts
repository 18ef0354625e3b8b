/** What a bus makes of facts in order: some late, some twice, some never. */

import type { Random } from '@tokenos/runtime/bus/backoff';

const LOST = 0.1;
const TWICE = 0.3;
/** Most are a little late, some come when everything else is long over. */
const LATE = 40;
const VERY_LATE = 0.05;

export function deliveries<Fact>(facts: readonly Fact[], random: Random): readonly Fact[] {
  const arrivals = facts.flatMap((fact, sentAt) => {
    if (random() < LOST) return [];
    const times = random() < TWICE ? 2 : 1;
    const delay = (): number => random() * (random() < VERY_LATE ? facts.length : LATE);
    return Array.from({ length: times }, () => ({ fact, at: sentAt + delay() }));
  });
  return arrivals.sort((a, b) => a.at - b.at).map(({ fact }) => fact);
}
