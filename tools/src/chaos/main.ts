/** `npm run chaos`: kills every part of a platform under running rentals. Exit code 0 only if no minute and no coin is missing. */

import { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { timeline } from '../demo/timeline.js';
import { chosenEmptyStore } from '../platform/chosen-store.js';
import { untilInterrupted } from '../platform/interrupt.js';
import { isClean, reportOf, summaryOf } from './report.js';
import { runChaos, VICTIMS } from './run.js';

interface Flags {
  seed: string;
  victims: string;
  moments: string;
  rentals: string;
  clock: string;
  unruly: boolean;
  json: boolean;
}

const INTERRUPTED = 130;

async function chaos(flags: Flags): Promise<number> {
  const [seed, moments, rentals, clockFactor] = [flags.seed, flags.moments, flags.rentals, flags.clock].map(Number);
  const victims = victimsOf(flags.victims);
  if (!seed || !moments || !clockFactor || rentals === undefined) throw new Error('numbers are wanted, see --help');
  const line = timeline(flags.json ? process.stderr : process.stdout);
  const say = (who: string, what: string): void => line.say(who, what);
  const store = await chosenEmptyStore();
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-chaos-'));
  say('chaos', `seed ${seed}: ${victims.join(', ') || 'nobody'}, ${moments} times each, in ${dataDir}`);
  let kept = true;
  try {
    const { unruly } = flags;
    const running = runChaos({ seed, moments, victims, rentals, clockFactor, unruly, store, dataDir, say });
    const outcome = await Promise.race([running, untilInterrupted().promise.then(() => null)]);
    kept = outcome !== null && !isClean(outcome);
    if (outcome === null) return INTERRUPTED;
    line.title(`Seed ${seed}`);
    (flags.json ? process.stderr : process.stdout).write(summaryOf(outcome));
    if (flags.json) process.stdout.write(`${JSON.stringify(reportOf(seed, outcome))}\n`);
    return isClean(outcome) ? 0 : 1;
  } finally {
    if (kept) say('chaos', `the logs are in ${dataDir}/logs`);
    else await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

function victimsOf(text: string): readonly string[] {
  const named = text === 'all' ? VICTIMS : text === 'none' ? [] : text.split(',');
  const unknown = named.filter((name) => !VICTIMS.includes(name));
  if (unknown.length > 0) throw new Error(`no such victim: ${unknown.join(', ')}; there are ${VICTIMS.join(', ')}`);
  return named;
}

const program = new Command('chaos')
  .description(
    'Kill every part of the platform under running rentals; every minute and every coin must come out right.',
  )
  .option('--seed <n>', 'decides who dies when and what is rented: the same again is the same plan', '1')
  .option('--victims <list>', `all, none, or some of ${VICTIMS.join(',')}`, 'all')
  .option('--moments <n>', 'deaths of each victim', '5')
  .option('--rentals <n>', 'at least so many, also where nobody dies', '10')
  .option('--clock <factor>', 'how many times faster than real the clock runs', '4')
  .option('--unruly', 'the bus brings each fact twice, out of order, and every tenth never', false)
  .option('--json', 'print the result as one JSON object on the last line of stdout', false)
  .action(async (flags: Flags) => {
    process.exitCode = await chaos(flags);
    // What is left of the run, its waits and its children, would keep us here.
    if (process.exitCode === INTERRUPTED) process.exit();
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
