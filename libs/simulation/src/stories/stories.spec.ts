import { readFileSync } from 'node:fs';
import { transcriptOf } from '../transcript/transcript.js';
import { stories } from './all.js';
import { faultsOf } from './figures.js';
import { tell } from './tell.js';

/** The seed of the transcripts in docs/stories. */
const SEED = 1;

describe.each(stories)('the story $name', (story) => {
  it('comes to its end, audited, with every coin where it belongs, and reads as it is written down', async () => {
    const told = await tell(story, SEED);
    expect(faultsOf(told)).toEqual([]);
    // Rewritten by `npm run stories`.
    expect(transcriptOf(told)).toBe(readFileSync(`docs/stories/${story.name}.txt`, 'utf8'));
  }, 120_000);
});
