/** `npm test`: runs every part to its end and prints, as its last line, how many tests passed and failed. */

import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run, stop } from './child.js';
import { killLeftovers, MARK } from './leftovers.js';
import { type Part, parts, select } from './parts.js';
import { add, fromExit, fromJest, NOTHING, type Tally, words } from './tally.js';

const id = `${process.pid}-${process.hrtime.bigint()}`;
// Everything that a test writes lands here and goes with it, also after a kill; Postgres reads it as another user.
const scratch = mkdtempSync(join(tmpdir(), 'tokenos-test-'));
chmodSync(scratch, 0o755);
const env = {
  ...process.env,
  [MARK]: id,
  TMPDIR: scratch,
  NX_DAEMON: 'false',
  NX_NO_CLOUD: 'true',
  NX_ISOLATE_PLUGINS: 'false',
};
let interrupted = false;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    interrupted = true;
    stop();
  });
}

async function runPart(part: Part): Promise<Tally> {
  const report = join(scratch, `${part.name}.json`);
  const options = part.jest ? ['--json', '--outputFile', report] : [];
  let tally = NOTHING;
  for (const command of part.commands) {
    if (interrupted) break;
    const { succeeded, timedOut } = await run([...command, ...options], env, part.limitSeconds);
    if (timedOut) console.error(`${part.name} was stopped after ${part.limitSeconds} s: it hangs.`);
    const counts = part.jest ? fromJest(existsSync(report) ? readFileSync(report, 'utf8') : null, succeeded) : null;
    tally = add(tally, counts ?? fromExit(succeeded));
  }
  return tally;
}

interface Ended {
  readonly name: string;
  readonly seconds: number;
  readonly tally: Tally;
}

async function timed(part: Part): Promise<Ended> {
  const began = performance.now();
  const tally = await runPart(part);
  return { name: part.name, seconds: (performance.now() - began) / 1000, tally };
}

/** At the same time; whatever they leave running is stopped, and counts as a failure of the first. */
async function runRound(round: readonly Part[]): Promise<readonly Ended[]> {
  const names = round.map(({ name }) => name).join(', ');
  console.log(`\n── ${names}`);
  const ended = await Promise.all(round.map(timed));
  const left = killLeftovers(id);
  for (const { pid, command } of left) console.error(`${names} left running: ${pid} ${command}`);
  if (left.length === 0) return ended;
  return ended.map((one, index) => (index === 0 ? { ...one, tally: add(one.tally, fromExit(false)) } : one));
}

async function runAll(chosen: readonly (readonly Part[])[]): Promise<Tally> {
  const ended: Ended[] = [];
  for (const round of chosen) if (!interrupted) ended.push(...(await runRound(round)));
  const lines = ended.map(({ name, seconds, tally }) => {
    const mark = tally.failed > 0 ? '✗' : '✓';
    return `${mark} ${name.padEnd(12)}${seconds.toFixed(1).padStart(6)} s   ${words(tally)}`;
  });
  console.log(`\n${lines.join('\n')}${interrupted ? '\ninterrupted' : ''}\n`);
  return ended.reduce((total, { tally }) => add(total, tally), NOTHING);
}

async function main(): Promise<void> {
  const chosen = select(process.argv.slice(2));
  if (chosen === null) {
    console.error(`Name one part: ${parts.map(({ name }) => name).join(', ')}; words that narrow it fit only tests.`);
    console.log(words(fromExit(false)));
    process.exitCode = 2;
    return;
  }
  try {
    const total = await runAll(chosen);
    process.exitCode = interrupted ? 130 : total.failed > 0 || total.passed === 0 ? 1 : 0;
    console.log(words(interrupted ? add(total, fromExit(false)) : total));
  } finally {
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}

void main();
