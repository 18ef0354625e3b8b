/** `npm run demo -- --story preemption` as a person runs it: who is told, who is out when, who is in after, and where the money goes. */

import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PreemptionReport } from './preemption-story.js';

const DEMO = join(process.cwd(), 'tools/dist/demo/main.js');

it('gives a SPOT buyer ninety seconds and the rest of the money, and the buyer who pays the full price the machine', async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'preemption-spec-'));
  const child = spawn(process.execPath, [DEMO, '--fast', '--json', '--story', 'preemption'], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  await rm(scratch, { recursive: true, force: true });
  expect({ code, stderr }).toMatchObject({ code: 0 });

  const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as PreemptionReport;
  expect(report).toMatchObject({ story: 'preemption', clockScale: 6, auditFindings: [] });
  expect(report.terminalSaid).toContain('make room');
  // Never sooner; later only by what a busy machine takes to end it.
  expect(report.noticeMs).toBeGreaterThanOrEqual(90_000);
  expect(report.noticeMs).toBeLessThan(120_000);
  expect(report.servedAfterMs).toBeGreaterThan(0);

  const { spot, onDemand } = report;
  expect([spot.endReason, onDemand.endReason]).toEqual(['preempted', 'buyer_stopped']);
  expect(spot.minutesServed).toBeGreaterThanOrEqual(1);
  for (const { paidMicroUsdc, chargedMicroUsdc, refundedMicroUsdc } of [spot, onDemand]) {
    expect(BigInt(paidMicroUsdc)).toBe(BigInt(chargedMicroUsdc) + BigInt(refundedMicroUsdc));
  }
  expect(BigInt(spot.refundedMicroUsdc)).toBeGreaterThan(BigInt(spot.chargedMicroUsdc));
}, 240_000);
