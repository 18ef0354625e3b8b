/** The platform as a whole: start to ready, payment to ssh over many rentals, and memory by process. */

import { readFile } from 'node:fs/promises';
import { ssh } from '../client/ssh.js';
import { newBuyer, payAndEnter, type Buyer } from '../demo/buyer.js';
import { auditFacts } from '../demo/ledger.js';
import { awaitOffers, DEMO_OPERATORS, enrolOperator } from '../demo/operators.js';
import { startPlatform, type Platform } from '../platform/platform.js';
import { type Figure, median } from './figures.js';
import type { Part } from './part.js';

export const platformPart: Part = async ({ dataDir, options: { rentals }, interrupted }) => {
  const from = performance.now();
  const platform = await startPlatform({ dataDir });
  try {
    await Promise.all(DEMO_OPERATORS.map((plan) => enrolOperator(platform, dataDir, plan)));
    await awaitOffers(platform, DEMO_OPERATORS.length);
    const startToReadyMs = performance.now() - from;
    const buyer = await newBuyer(platform, dataDir, '1000');
    const samples: number[] = [];
    while (samples.length < rentals && !interrupted.happened()) samples.push(await payToSsh(platform, buyer));
    const memory = await memoryOf(platform);
    buyer.meter.close();
    const { findings } = await auditFacts(platform, { requireSettled: false });
    return {
      settings: { rentals: String(samples.length) },
      figures: [
        { what: 'start to ready, two machines on offer', unit: 'ms', value: startToReadyMs },
        { what: 'payment to first ssh output, median', unit: 'ms', value: median(samples) },
        { what: 'payment to first ssh output, worst', unit: 'ms', value: Math.max(...samples) },
        { what: 'findings of the audit', unit: '', value: findings.length, aim: { of: 'value', atMost: 0 } },
        ...memory,
      ],
    };
  } finally {
    await platform.stop();
  }
};

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

/** What the processes keep in memory for themselves: proportional set size. */
async function memoryOf(platform: Platform): Promise<Figure[]> {
  const figures = await Promise.all(
    Object.entries(platform.pids()).map(async ([name, pid]) => {
      const rollup = await readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => '');
      const mib = Math.round(Number(/^Pss:\s+(\d+) kB/m.exec(rollup)?.[1] ?? 0) / 1024);
      return { what: `memory, ${name}`, unit: 'MiB', value: mib };
    }),
  );
  const total = figures.reduce((sum, { value }) => sum + value, 0);
  return [...figures, { what: 'memory, all', unit: 'MiB', value: total }];
}
