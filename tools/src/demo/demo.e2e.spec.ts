/** `npm run demo` as a person runs it: its JSON, its exit code, its sabotages, and that it leaves nothing behind. */

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DEMO = join(process.cwd(), 'tools/dist/demo/main.js');

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Demos keep their data below it: whoever works on it was started by one. */
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'demo-spec-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

function start(...args: string[]) {
  const child = spawn(process.execPath, [DEMO, ...args], {
    env: { ...process.env, TMPDIR: scratch },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code) => resolve({ code, stdout, stderr })));
  return { child, ended, said: () => stderr };
}

function survivors(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(scratch) ? [pid] : [];
      } catch {
        return [];
      }
    });
}

async function expectNothingLeft(): Promise<void> {
  for (let tries = 0; tries < 50 && survivors().length > 0; tries++) await sleep(100);
  expect(survivors()).toEqual([]);
  expect(await readdir(scratch)).toEqual([]);
}

describe('npm run demo', () => {
  it('ends with exit code 0 and one JSON object that adds up', async () => {
    const { code, stdout, stderr } = await start('--fast', '--json').ended;
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Record<string, string>;
    expect(report).toMatchObject({ story: 'rental', clockScale: 6, auditFindings: [] });
    expect(report['sshOutput']).toContain('hello from');
    expect(Number(report['payToSshMs'])).toBeGreaterThan(0);
    expect(Number(report['minutesBilled'])).toBeGreaterThanOrEqual(1);
    expect(report['ticks']?.length).toBeGreaterThanOrEqual(1);
    const micro = (name: string): bigint => BigInt(report[`${name}MicroUsdc`] ?? -1);
    expect(micro('paid')).toBe(micro('charged') + micro('refunded'));
    expect(micro('charged')).toBe(micro('fee') + micro('operator'));
    expect(report['refundSignature']).toMatch(/^[1-9A-HJ-NP-Za-km-z]{86,88}$/);
    await expectNothingLeft();
  }, 180_000);

  it.each(['double-bill', 'skip-refund'])(
    'fails when a rule is broken on purpose: %s',
    async (fault) => {
      const { code, stdout } = await start('--fast', '--json', '--sabotage', fault).ended;
      const report = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '{}') as { auditFindings: { code: string }[] };
      expect(code).toBe(1);
      const codes = report.auditFindings.map((finding) => finding.code);
      expect(codes).toContain(fault === 'double-bill' ? 'I8' : 'I1');
      await expectNothingLeft();
    },
    180_000,
  );

  it.each(['metering is up', 'The meter runs'])(
    'ends soon and leaves nothing running after Ctrl-C at "%s"',
    async (moment) => {
      const demo = start('--json');
      while (!demo.said().includes(moment)) await sleep(50);
      const from = performance.now();
      demo.child.kill('SIGINT');
      demo.child.kill('SIGINT');
      const { code, stderr } = await demo.ended;
      expect({ code, stderr }).toEqual({ code: 130, stderr: expect.stringContaining('stopping') as string });
      expect(performance.now() - from).toBeLessThan(15_000);
      await expectNothingLeft();
    },
    90_000,
  );
});
