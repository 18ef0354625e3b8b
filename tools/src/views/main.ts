/** `npm run views:rebuild`: has services fold their views anew from the first fact, while the platform runs. */

import { Command, InvalidArgumentError } from 'commander';
import { resolve } from 'node:path';
import { DATA_DIR } from '../platform/data-dir.js';
import { localDatabaseUrl } from '../platform/local-database.js';
import { perSecond, progressLine, type Seen, tookMs } from './progress.js';
import { type Rebuilt, rebuildViews } from './rebuild.js';
import { VIEWING } from './services.js';

interface Flags {
  readonly service?: readonly string[];
  readonly duties: boolean;
  readonly dataDir?: string;
  readonly json: boolean;
}

const EXAMPLES = `
Readers keep the old view until the new one is whole. The services do it by themselves: Ctrl-C ends the watching only.
Exit code: 0 rebuilt, 1 a view was not rebuilt and is as it was, 2 a wrong option or no database.

Examples:
  $ npm run views:rebuild
  $ npm run views:rebuild -- --service gateway allocation
  $ DATABASE_URL=postgresql://... npm run --silent views:rebuild -- --json | jq '.[].factsPerSecond'
`;

/** How often a line is printed where none can be painted over. */
const SAY_EVERY_MS = 5_000;

async function run({ service = VIEWING, duties, dataDir, json }: Flags): Promise<void> {
  const databaseUrl = await databaseOf(dataDir);
  if (databaseUrl === null) {
    const place = resolve(dataDir ?? DATA_DIR);
    process.stderr.write(`No platform is running on ${place}: start it, give its --data-dir, or set DATABASE_URL.\n`);
    process.exitCode = 2;
    return;
  }
  const services = [...new Set(service)];
  const show = screen(services);
  const rebuilt = await rebuildViews(databaseUrl, services, { duties, onLook: show });
  for (const { service: name, seen, why } of rebuilt)
    if (why !== null && seen?.state !== 'failed') process.stderr.write(`${name}: ${why}\n`);
  if (json) process.stdout.write(`${JSON.stringify(rebuilt.map(inJson))}\n`);
  process.exitCode = rebuilt.every(({ why }) => why === null) ? 0 : 1;
}

/** What was said on the command line first, then the environment, then where `npm start` keeps its own. */
async function databaseOf(dataDir: string | undefined): Promise<string | null> {
  const { DATABASE_URL } = process.env;
  return dataDir === undefined && DATABASE_URL !== undefined ? DATABASE_URL : localDatabaseUrl(dataDir ?? DATA_DIR);
}

/** On a terminal one line per service, painted over; elsewhere a line when something begins or ends, and now and then. */
function screen(services: readonly string[]) {
  const lines = new Map(services.map((name) => [name, progressLine(name, null, 0)]));
  const said = new Map<string, { readonly state: string; readonly at: number }>();
  const { stderr } = process;
  if (stderr.isTTY) stderr.write('\n'.repeat(lines.size));
  return (name: string, seen: Seen | null, sinceMs: number): void => {
    lines.set(name, progressLine(name, seen, sinceMs));
    if (stderr.isTTY) {
      const all = [...lines.values()].map((line) => `\u001b[2K${line}\n`).join('');
      stderr.write(`\u001b[${lines.size}A${all}`);
      return;
    }
    const [state, now, last] = [seen?.state ?? 'asked', performance.now(), said.get(name)];
    if (last?.state === state && now - last.at < SAY_EVERY_MS) return;
    said.set(name, { state, at: now });
    stderr.write(`${lines.get(name) ?? ''}\n`);
  };
}

function inJson({ service, seen, why }: Rebuilt) {
  if (seen === null || why !== null) return { service, rebuilt: false, why };
  const ms = tookMs(seen);
  const figures = { facts: Number(seen.folded), ms, factsPerSecond: perSecond(seen.folded, ms) };
  return { service, rebuilt: true, ...figures, lookedAt: Number(seen.read) };
}

function known(name: string, before: readonly string[] = []): readonly string[] {
  if (VIEWING.some((viewing) => viewing === name)) return [...before, name];
  throw new InvalidArgumentError(`A service with a view is one of ${VIEWING.join(', ')}.`);
}

const program = new Command('views:rebuild')
  .description('Rebuild the views of services from the first fact on, while the platform runs.')
  .option('--service <name...>', 'only of these; of all unless said', known)
  .option('--duties', 'also make duties again that were lost: those that are done run once more', false)
  .option('--data-dir <dir>', 'where the platform keeps its data; DATABASE_URL or .data unless said')
  .option('--json', 'one JSON array on the last line', false)
  .addHelpText('after', EXAMPLES)
  // A name without --service would have all of them rebuilt.
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2))
  .action(run);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
