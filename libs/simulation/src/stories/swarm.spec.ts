import { stories } from './all.js';
import { faultsOf, figuresOf } from './figures.js';
import { STORMY } from './stormy.js';
import { tell } from './tell.js';

/** More on a whim: `SEEDS=500 npx jest swarm`. */
const SEEDS = Number(process.env['SEEDS'] ?? 3);
const short = stories.filter(({ isLong }) => isLong !== true);

const races = short.filter(({ isRace }) => isRace === true);
const steady = short.filter(({ isRace }) => isRace !== true);

describe.each(steady)(
  'the story $name, with processes that die and messages that are lost, doubled and late',
  (story) => {
    it('comes to the same minutes and the same money', async () => {
      const calm = figuresOf(await tell(story, 1));
      for (let seed = 1; seed <= SEEDS; seed++) {
        const told = await tell(story, seed, { mischief: STORMY });
        const again = `again: npm run stories -- --story ${story.name} --seed ${seed} --stormy`;
        expect({ again, faults: faultsOf(told), figures: figuresOf(told) }).toEqual({
          again,
          faults: [],
          figures: calm,
        });
      }
    }, 120_000);
  },
);

describe.each(races)('the story $name, with processes that die and a bad bus', (story) => {
  it('comes to an end that the auditor finds nothing wrong with, whoever was how late', async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const faults = faultsOf(await tell(story, seed, { mischief: STORMY }));
      const again = `again: npm run stories -- --story ${story.name} --seed ${seed} --stormy`;
      expect({ again, faults }).toEqual({ again, faults: [] });
    }
  }, 120_000);
});

describe('a seed', () => {
  it('gives the same facts each time, to the byte, whatever goes wrong', async () => {
    const [story] = stories;
    if (story === undefined) throw new Error('there is no story');
    const once = await tell(story, 42, { mischief: STORMY });
    const again = await tell(story, 42, { mischief: STORMY });
    expect(again.envelopes).toEqual(once.envelopes);
    expect(again.signals).toEqual(once.signals);
  }, 120_000);
});
