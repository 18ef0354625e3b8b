/** `npm run demo`: a rental end to end on this machine, with real parts. Exit code 0 only if the audit is clean. */

import { Command, Option } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chosenEmptyStore } from '../platform/chosen-store.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { untilInterrupted } from '../platform/interrupt.js';
import { SABOTAGES, type Sabotage } from './sabotage.js';
import { STORIES, STORY_NAMES, type StoryName } from './stories.js';
import { timeline } from './timeline.js';

/** A minute takes ten seconds: quick to watch, slow enough for real sandboxes and a real chain. */
export const FAST_FACTOR = 6;

/** What a shell makes of SIGINT. */
const INTERRUPTED = 130;

interface Flags {
  fast: boolean;
  json: boolean;
  story: StoryName;
  sabotage?: Sabotage;
}

async function demo({ fast, json, story, sabotage }: Flags): Promise<number> {
  const line = timeline(json ? process.stderr : process.stdout);
  const chosen = await chosenEmptyStore();
  const clockScale = fast ? FAST_FACTOR : 1;
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-demo-'));
  const interrupted = untilInterrupted();
  let starting: Promise<Platform> | null = null;
  const { tell, environment = {} } = STORIES[story];
  const run = async (): Promise<number> => {
    line.title('The platform starts, on loopback and free ports');
    starting = startPlatform({
      dataDir,
      ...chosen,
      clockFactor: clockScale,
      environment,
      onDeath: (name, logFile) => line.say('platform', `${name} died and is started again`, logFile),
      onReady: (part, ms) => line.say('platform', `${part} is up`, `${Math.round(ms)} ms`),
    });
    const platform = await starting;
    if (interrupted.happened()) return INTERRUPTED;
    const report = await tell({ platform, dataDir, line, sabotage: sabotage ?? null, clockScale });
    if (json) process.stdout.write(`${JSON.stringify(report)}\n`);
    return report.auditFindings.length === 0 ? 0 : 1;
  };
  const running = run();
  let keepLogs = false;
  try {
    return await Promise.race([running, interrupted.promise.then(() => INTERRUPTED)]);
  } catch (error) {
    keepLogs = true;
    throw new Error(`${error instanceof Error ? error.message : String(error)}\nThe logs are in ${dataDir}/logs`);
  } finally {
    if (interrupted.happened()) line.say('platform', 'stopping');
    // One that is still coming up when the user gives up must come down too; the story itself is not waited for.
    const platform = await (starting as Promise<Platform> | null)?.catch(() => null);
    await platform?.stop();
    if (!keepLogs) await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}

const program = new Command('demo')
  .description('A rental end to end on this machine: pay, ssh in, meter, stop, refund, pay out, audit.')
  .addOption(new Option('--story <name>', 'which one').choices(STORY_NAMES).default('rental'))
  .option('--fast', `the clock runs ${FAST_FACTOR} times faster than real`, false)
  .option('--json', 'print the result as one JSON object on the last line of stdout', false)
  .addOption(new Option('--sabotage <fault>', 'break a rule on purpose: the audit must fail').choices(SABOTAGES))
  .action(async (flags: Flags) => {
    if (flags.sabotage !== undefined && flags.story !== 'rental') program.error('--sabotage is for --story rental');
    process.exitCode = await demo(flags);
    // What is left of the story (its waits, its open sockets) would keep us here.
    if (process.exitCode === INTERRUPTED) process.exit();
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
