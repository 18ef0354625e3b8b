/** `npm run bench`: how fast and how heavy the platform is here: start to ready, payment to ssh over many rentals, memory per process. */

import { Command } from 'commander';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ssh } from '../client/ssh.js';
import { newBuyer, payAndEnter, type Buyer } from '../demo/buyer.js';
import { auditFacts } from '../demo/ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from '../demo/operators.js';
import { untilInterrupted } from '../platform/interrupt.js';
import { startPlatform, type Platform } from '../platform/platform.js';

interface Flags {
  rentals: string;
  json: boolean;
}

interface Figures {
  readonly startToReadyMs: number;
  readonly payToSshMs: { readonly rentals: number; readonly median: number; readonly max: number };
  /** What the processes keep in memory for themselves (proportional set size), MiB. */
  readonly memoryMiB: Readonly<Record<string, number>>;
  readonly auditFindings: number;
}

async function bench({ rentals, json }: Flags): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenos-bench-'));
  const interrupted = untilInterrupted();
  const from = performance.now();
  const platform = await startPlatform({ dataDir });
  try {
    await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
    await awaitOffers(platform, DEMO_OPERATORS.length);
    const startToReadyMs = Math.round(performance.now() - from);
    const buyer = await newBuyer(platform, dataDir, '1000');
    const samples: number[] = [];
    while (samples.length < Number(rentals) && !interrupted.happened()) samples.push(await payToSsh(platform, buyer));
    const memoryMiB = await memory(platform);
    buyer.meter.close();
    const { findings } = await auditFacts(platform.databaseUrl, { requireSettled: false });
    print({ startToReadyMs, payToSshMs: spread(samples), memoryMiB, auditFindings: findings.length }, json);
  } finally {
    await platform.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** One rental on an idle platform, given back at once. */
async function payToSsh(platform: Platform, buyer: Buyer): Promise<number> {
  const asked = { gpuTier: 'H100', durationMinutes: 10, sshPublicKeys: [buyer.identity.publicKey] };
  const answer = await buyer.api.request(asked);
  const { paid, access } = await payAndEnter(platform, buyer, answer);
  const run = await ssh(buyer.identity, access, 'echo in');
  if (run.firstByteAtMs === null) throw new Error(`ssh said nothing: ${run.stderr}`);
  await buyer.api.stop(answer.rentalId);
  return run.firstByteAtMs - paid.sentAtMs;
}

function spread(samples: readonly number[]): Figures['payToSshMs'] {
  const sorted = [...samples].sort((a, b) => a - b);
  return { rentals: sorted.length, median: sorted[Math.floor(sorted.length / 2)] ?? 0, max: sorted.at(-1) ?? 0 };
}

async function memory(platform: Platform): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, pid] of Object.entries(platform.pids())) {
    const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
    figures[name] = Math.round(Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024);
  }
  figures['total'] = Object.values(figures).reduce((sum, mib) => sum + mib, 0);
  return figures;
}

function print(figures: Figures, json: boolean): void {
  if (json) return void process.stdout.write(`${JSON.stringify(figures)}\n`);
  const { startToReadyMs, payToSshMs, memoryMiB, auditFindings } = figures;
  const parts = Object.entries(memoryMiB).map(([name, mib]) => `  ${name.padEnd(16)} ${mib} MiB`);
  process.stdout.write(
    [
      `start to ready, two machines on offer   ${startToReadyMs} ms`,
      `payment to first ssh output             median ${payToSshMs.median} ms, max ${payToSshMs.max} ms of ${payToSshMs.rentals}`,
      `audit                                   ${auditFindings} findings`,
      'memory',
      ...parts,
      '',
    ].join('\n'),
  );
}

const program = new Command('bench')
  .description('Start to ready, payment to ssh over many rentals, and memory per process, on this machine.')
  .option('--rentals <n>', 'how many, one after the other', '20')
  .option('--json', 'one JSON object on the last line', false)
  .action(bench);

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
