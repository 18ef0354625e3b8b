/** How fast the simulation is here: each story after a first telling, and short rentals one beside the other. */

import { faultsOf } from '@tokenos/simulation/stories/figures';
import { rentalsAtOnce } from '@tokenos/simulation/stories/crowd';
import type { Story } from '@tokenos/simulation/stories/story';
import { tell } from '@tokenos/simulation/stories/tell';

const TELLINGS = 5;
const RENTALS = 200;

export async function bench(stories: readonly Story[]): Promise<void> {
  for (const story of stories) {
    const { facts, ms } = await fastest(story);
    console.log(`${story.name}: ${ms} ms, ${facts} facts (fastest of ${TELLINGS} after a first)`);
  }
  const { ms } = await fastest(rentalsAtOnce(RENTALS));
  console.log(`${RENTALS} rentals of ten minutes: ${ms} ms, ${Math.round((RENTALS * 1_000) / ms)} rentals per second`);
}

async function fastest(story: Story): Promise<{ readonly facts: number; readonly ms: number }> {
  const first = await tell(story, 1);
  const faults = faultsOf(first);
  if (faults.length > 0) throw new Error(faults.join('\n'));
  let ms = Infinity;
  for (let telling = 0; telling < TELLINGS; telling++) {
    const from = performance.now();
    await tell(story, 1);
    ms = Math.min(ms, performance.now() - from);
  }
  return { facts: first.envelopes.length, ms: Math.round(ms) };
}
