/** `npm run stories`: tells the simulation's stories. Without a seed it rewrites docs/stories; with one it prints what that seed gives. */

import { stories } from '@tokenos/simulation/stories/all';
import { faultsOf, figuresOf } from '@tokenos/simulation/stories/figures';
import { STORMY } from '@tokenos/simulation/stories/stormy';
import type { Story } from '@tokenos/simulation/stories/story';
import { tell } from '@tokenos/simulation/stories/tell';
import { transcriptOf } from '@tokenos/simulation/transcript/transcript';
import { Command, Option } from 'commander';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bench } from './bench.js';

interface Flags {
  story?: string;
  seed?: string;
  stormy: boolean;
  bench: boolean;
}

const DIRECTORY = 'docs/stories';
/** Of the transcripts that are kept. */
const SEED = 1;

async function rewrite(chosen: readonly Story[]): Promise<void> {
  await mkdir(DIRECTORY, { recursive: true });
  for (const story of chosen) {
    const told = await tell(story, SEED);
    for (const fault of faultsOf(told)) fail(`${story.name}: ${fault}`);
    const path = join(DIRECTORY, `${story.name}.txt`);
    await writeFile(path, transcriptOf(told));
    console.log(path);
  }
}

/** Stormy, a story must come to the same minutes and money as calm. */
async function print(chosen: readonly Story[], seed: number, stormy: boolean): Promise<void> {
  for (const story of chosen) {
    const told = await tell(story, seed, stormy ? { mischief: STORMY } : {});
    console.log(transcriptOf(told));
    console.log(JSON.stringify(told.signals));
    for (const fault of faultsOf(told)) fail(fault);
    const [found, calm] = [figuresOf(told), figuresOf(await tell(story, SEED))].map((one) => JSON.stringify(one));
    if (found !== calm) fail(`undisturbed it comes to\n  ${calm ?? ''}\nand this to\n  ${found ?? ''}`);
  }
}

function fail(why: string): void {
  console.error(why);
  process.exitCode = 1;
}

const program = new Command('stories')
  .description('Tell the stories of the simulation: every service in one process, in virtual time.')
  .addOption(new Option('--story <name>', 'only this one').choices(stories.map(({ name }) => name)))
  .option('--seed <n>', 'print what this seed gives, and rewrite nothing')
  .option('--stormy', 'with a seed: processes die, messages are lost, doubled and late', false)
  .option('--bench', 'measure: each story, and rentals per second', false)
  .action(async ({ story: name, seed, stormy, bench: measure }: Flags) => {
    const chosen = stories.filter((story) => name === undefined || story.name === name);
    if (measure) await bench(chosen);
    else if (seed === undefined) await rewrite(chosen);
    else await print(chosen, Number(seed), stormy);
  });

program.parseAsync().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
