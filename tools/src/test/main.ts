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
  const left = killLeftovers(id);
  for (const { pid, command } of left) console.error(`${part.name} left running: ${pid} ${command}`);
  return left.length > 0 ? add(tally, fromExit(false)) : tally;
}

async function runAll(chosen: readonly Part[]): Promise<Tally> {
  const lines: string[] = [];
  let total = NOTHING;
  for (const part of chosen) {
    if (interrupted) break;
    console.log(`\n── ${part.name}`);
    const began = performance.now();
    const tally = await runPart(part);
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    lines.push(`${tally.failed > 0 ? '✗' : '✓'} ${part.name.padEnd(12)}${seconds.padStart(6)} s   ${words(tally)}`);
    total = add(total, tally);
  }
  console.log(`\n${lines.join('\n')}${interrupted ? '\ninterrupted' : ''}\n`);
  return total;
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
