/** `npm run bench`: measures the parts of the platform on this machine, each against a limit taken in the same run. */

import { Command } from 'commander';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { untilInterrupted } from '../platform/interrupt.js';
import type { Report } from './figures.js';
import type { BenchOptions, Part } from './part.js';
import { auditPart } from './audit/audit.js';
import { deliveryPart } from './delivery/delivery.js';
import { exportPart } from './export/export.js';
import { platformPart } from './platform.js';
import { storePart } from './store/store.js';
import { textOf } from './text.js';

const PARTS: Readonly<Record<string, Part>> = {
  store: storePart,
  delivery: deliveryPart,
  audit: auditPart,
  export: exportPart,
  platform: platformPart,
};

interface Flags {
  rentals: string;
  facts: string;
  json: boolean;
}

async function bench(named: readonly string[], { rentals, facts, json }: Flags): Promise<void> {
  const names = named.length > 0 ? named : Object.keys(PARTS);
  const unknown = names.find((name) => !Object.hasOwn(PARTS, name));
  if (unknown !== undefined) throw new Error(`There is no part "${unknown}": ${Object.keys(PARTS).join(', ')}.`);
  const options = { rentals: positive('--rentals', rentals), facts: positive('--facts', facts) };
  const reports: Record<string, Report> = {};
  const interrupted = untilInterrupted();
  for (const [name, part] of Object.entries(PARTS)) {
    if (!names.includes(name)) continue;
    const report = await measure(part, options, interrupted);
    // What was cut short says nothing.
    if (interrupted.happened()) break;
    reports[name] = report;
    if (!json) process.stdout.write(textOf(name, report));
  }
  if (interrupted.happened()) process.exitCode = 130;
  if (json) process.stdout.write(`${JSON.stringify(reports)}\n`);
}

async function measure(part: Part, options: BenchOptions, interrupted: ReturnType<typeof untilInterrupted>) {
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-bench-'));
  try {
    return await part({ dataDir, options, interrupted });
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

function positive(flag: string, text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${flag} takes a whole number from 1 on, not "${text}".`);
  return Number(text);
}

const program = new Command('bench')
  .description('Measure parts of the platform on this machine, each against a limit taken in the same run.')
  .argument('[parts...]', `${Object.keys(PARTS).join(', ')}; all of them unless said`)
  .option('--rentals <n>', 'platform: how many, one after the other', '20')
  .option('--facts <n>', 'of the largest store (store), the larger export (audit), the download (export)', '1000000')
  .option('--json', 'one JSON object on the last line', false)
  .action(bench);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
