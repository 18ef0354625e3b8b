/** The story of two machines that die, as the demo tells it: the rental moves by itself, then everything unused comes back by itself. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startPlatform, type Platform } from '../platform/platform.js';
import { nodeFailureStory } from './node-failure.js';

const CLOCK_FACTOR = 6;
/** Two probes, the second behind a minute of silence, and the start of the next machine. */
const MOVES_WITHIN_MS = (150 * 1000) / CLOCK_FACTOR;

let dataDir: string;
let platform: Platform;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'tokenos-e2e-'));
  platform = await startPlatform({ dataDir, clockFactor: CLOCK_FACTOR });
}, 120_000);

afterAll(async () => {
  await platform?.stop();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
}, 60_000);

it('a rental outlives its machine on another operator’s, and what nobody can serve any more comes back', async () => {
  const line = { title: () => undefined, say: () => undefined };
  const report = await nodeFailureStory({ platform, dataDir, line, sabotage: null, clockScale: CLOCK_FACTOR });
  expect(report).toMatchObject({ operators: ['borealis', 'aurora'], endReason: 'node_failed', auditFindings: [] });
  expect(report.noticedAfterMs).toBeGreaterThan(30_000 / CLOCK_FACTOR);
  expect(report.sshAfterMs).toBeLessThan(MOVES_WITHIN_MS);
  const [paid, charged, refunded] = [report.paidMicroUsdc, report.chargedMicroUsdc, report.refundedMicroUsdc].map(
    BigInt,
  );
  expect(refunded).toBe((paid ?? 0n) - (charged ?? 0n));
  // Each served at least a minute, and the minutes between the two were free.
  for (const payout of Object.values(report.payouts)) expect(BigInt(payout)).toBeGreaterThan(80_000n);
  expect(report.minutesBilled).toBeGreaterThanOrEqual(2);
  expect(report.minutesBilled).toBeLessThanOrEqual(6);
}, 300_000);
