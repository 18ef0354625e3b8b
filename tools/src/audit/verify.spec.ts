import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { insertBefore, sealed, type Entry } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { proven } from '@tokenos/testing/wire/little-evidence';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { SERVED } from '@tokenos/testing/wire/names';
import { asJson } from './answer.js';
import { BadInput } from './exit.js';
import { verify } from './verify.js';

const folder = mkdtempSync(join(tmpdir(), 'audit-'));
afterAll(() => rmSync(folder, { recursive: true }));

const OPTIONS = { requireSettled: false, partial: false, clockScale: 1 };

function written(content: string | Buffer): string {
  const file = join(folder, 'export.ndjson');
  writeFileSync(file, content);
  return file;
}

const bare = (entries: readonly Entry[]): string =>
  sealed(entries)
    .map((envelope) => `${JSON.stringify(envelope)}\n`)
    .join('');

const whole = exportText(sealed(littleHistory));

const twice = insertBefore(SERVED, 'RentalEnded.v1', {
  type: 'UsageMetered.v1',
  by: 'metering',
  data: { firstMinute: 0, bitmap: '1', attempt: 1, evidenceSha256: 'c'.repeat(64) },
})(littleHistory);

describe('audit verify', () => {
  it('says that a right export is clean, and where the money is', async () => {
    const { exitCode, text } = await verify(written(whole), { ...OPTIONS, requireSettled: true });
    expect(text).toBe(
      [
        'No evidence: how many minutes were served is taken from the facts.',
        '',
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
    const { exitCode, text } = await verify(written(exportText(sealed(twice))), OPTIONS);
    expect(text).toContain(`I8  ${SERVED} @ 9\n    first minute not metered yet\n    expected  2\n    found     0\n`);
    expect(text).toContain('rule: billed minutes lie between start and end, each at most once');
    expect(text).toMatch(/1 finding\.\n$/);
    expect(exitCode).toBe(1);
  });

  it('answers a program with an object that becomes one line of JSON', async () => {
    const { exitCode, json } = await verify(written(exportText(sealed(twice))), OPTIONS);
    expect(asJson(json)).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(asJson(json))).toMatchObject({
      verdict: 'findings',
      export: { format: 'tokenos-export@1', facts: 61, evidence: null, complete: true, position: '61' },
      findings: [{ code: 'I8', stream: SERVED, revision: 9, expected: '2', found: '0' }],
      totals: { paidMicroUsdc: '18004469' },
    });
    expect(exitCode).toBe(1);
  });

  it('judges minutes by the evidence that it finds in the export, and misses what is not there', async () => {
    const { entries, evidence } = proven();
    const withEvidence = (...some: (typeof evidence)[number][]): string =>
      [
        exportText(sealed(entries)).trimEnd(),
        JSON.stringify({ format: 'tokenos-export@1', holds: 'evidence', after: null, stream: null }),
        ...some.map((one, index) => JSON.stringify({ position: String(index + 1), evidence: one })),
        JSON.stringify({ end: { position: '60', facts: 0, evidence: some.length } }),
        '',
      ].join('\n');
    const proved = await verify(written(withEvidence(...evidence)), OPTIONS);
    expect(proved.text).toMatch(/^60 facts on/);
    expect(proved.exitCode).toBe(0);
    const { exitCode, text } = await verify(written(withEvidence(evidence[0]!)), OPTIONS);
    expect(text).toContain('its evidence is missing');
    expect(exitCode).toBe(1);
  });

  it('lists what is still open', async () => {
    const { exitCode, text } = await verify(written(exportText(sealed(littleHistory.slice(0, 20)))), OPTIONS);
    expect(text).toContain('Still open: rental-');
    expect(exitCode).toBe(0);
  });

  it('reads gzip as it reads plain text, whatever the file is called', async () => {
    expect((await verify(written(gzipSync(whole)), OPTIONS)).exitCode).toBe(0);
  });

  it('reads bare envelopes, and says what they cannot show', async () => {
    const { exitCode, text } = await verify(written(bare(littleHistory)), OPTIONS);
    expect(text).toMatch(
      /^Bare envelopes: nobody can tell from them whether the last ones are missing\.\nNo evidence: .*\.\n\n60 facts/,
    );
    expect(exitCode).toBe(0);
  });

  it('judges a part of an export where it is told to, and says that it is one', async () => {
    const begun = whole.split('\n').slice(0, 12).join('\n');
    await expect(verify(written(begun), OPTIONS)).rejects.toThrow(/is cut off: no end after position 11 of the facts/);
    const { exitCode, text, json } = await verify(written(begun), { ...OPTIONS, partial: true });
    expect(text).toMatch(/^A part of an export: nothing is said of what it lacks\./);
    expect(json).toMatchObject({ verdict: 'clean', export: { complete: false, facts: 11 } });
    expect(exitCode).toBe(0);
  });

  it.each([
    ['text that is not JSON', 'hello\n', /export\.ndjson:1 is not JSON/],
    [
      'a line that is cut in the middle',
      whole.slice(0, 2_000),
      /export\.ndjson:5 is cut off in the middle of its line/,
    ],
    ['bytes that are no text', Buffer.from([0, 255, 254, 10, 7]), /export\.ndjson:1 is not UTF-8/],
    ['JSON that is no envelope', '{"a":1}\n', /export\.ndjson:1 is not a fact's envelope: id/],
    ['JSON that is no object', '[]\n7\n', /export\.ndjson:1 is not/],
    ['a file of another format', '{"format":"tokenos-export@2"}\n', /reads tokenos-export@1/],
    ['nothing at all', '\n', /export\.ndjson is empty/],
    ['an export without facts', exportText([]), /holds no facts/],
    ['a gzip without its end', gzipSync(whole).subarray(0, 3_000), /is cut off: its gzip has no end/],
    ['a gzip that is none', Buffer.from([0x1f, 0x8b, 1, 2, 3, 4]), /begins as gzip, and is none/],
  ])('refuses %s', async (_, content, says) => {
    const refused = verify(written(content), OPTIONS);
    await expect(refused).rejects.toThrow(BadInput);
    await expect(refused).rejects.toThrow(says);
  });

  it('refuses a file that is not there, and a directory', async () => {
    await expect(verify(join(folder, 'none'), OPTIONS)).rejects.toThrow(/there is no file .*none/);
    mkdirSync(join(folder, 'many'));
    await expect(verify(join(folder, 'many'), OPTIONS)).rejects.toThrow(/many is a directory/);
  });
});
