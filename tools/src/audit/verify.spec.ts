import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { insertBefore, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { SERVED } from '@tokenos/testing/wire/names';
import { verify } from './verify.js';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = { json: false, requireSettled: false, partial: false, clockScale: 1 };

function written(text: string): string {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, text);
  return file;
}

const exported = (entries: readonly Entry[]): string =>
  written(
    `${sealed(entries)
      .map((envelope) => JSON.stringify(envelope))
      .join('\n')}\n`,
  );

const twice = insertBefore(SERVED, 'RentalEnded.v1', {
  type: 'UsageMetered.v1',
  by: 'metering',
  data: { firstMinute: 0, bitmap: '1', attempt: 1, evidenceSha256: 'c'.repeat(64) },
})(littleHistory);

describe('audit verify', () => {
  it('says that a right export is clean, and where the money is', async () => {
    const { exitCode, text } = await verify(exported(littleHistory), { ...OPTIONS, requireSettled: true });
    expect(text).toBe(
      [
        '60 facts on 13 streams; 4 rentals, 3 settled; 2 minutes billed',
        '',
        '  paid in    18.004469 USDC',
        '  operators   0.184933 USDC',
        '  fees        0.009733 USDC',
        '  refunded   17.809803 USDC',
        '  held        0.000000 USDC',
        '',
        'Clean: every rule holds.',
        '',
      ].join('\n'),
    );
    expect(exitCode).toBe(0);
  });

  it('names the rule, the place, what was expected and what was found', async () => {
    const { exitCode, text } = await verify(exported(twice), OPTIONS);
    expect(text).toContain(`I8  ${SERVED} @ 9\n    first minute not metered yet\n    expected  2\n    found     0\n`);
    expect(text).toContain('rule: billed minutes lie between start and end, each at most once');
    expect(text).toMatch(/1 finding\.\n$/);
    expect(exitCode).toBe(1);
  });

  it('answers a program in one line of JSON', async () => {
    const { exitCode, text } = await verify(exported(twice), { ...OPTIONS, json: true });
    const report = JSON.parse(text) as { findings: { code: string }[]; totals: { paidMicroUsdc: string } };
    expect(report.findings.map(({ code }) => code)).toEqual(['I8']);
    expect(report.totals.paidMicroUsdc).toBe('18004469');
    expect(exitCode).toBe(1);
  });

  it('lists what is still open', async () => {
    const { exitCode, text } = await verify(exported(littleHistory.slice(0, 20)), OPTIONS);
    expect(text).toContain('Still open: rental-');
    expect(exitCode).toBe(0);
  });

  it.each([
    ['text that is not JSON', 'hello\n', /export\.ndjson:1 is not JSON/],
    ['JSON that is no envelope', '{"a":1}\n', /export\.ndjson:1 is not a fact's envelope/],
    ['nothing at all', '\n', /holds no facts/],
  ])('refuses %s as bad input', async (_, content, says) => {
    const { exitCode, text } = await verify(written(content), OPTIONS);
    expect(text).toMatch(says);
    expect(exitCode).toBe(2);
  });

  it('refuses a file that is not there, and a clock that runs slower than real', async () => {
    expect((await verify(join(folder, 'none'), OPTIONS)).exitCode).toBe(2);
    expect((await verify(exported(littleHistory), { ...OPTIONS, clockScale: Number.NaN })).exitCode).toBe(2);
  });
});
