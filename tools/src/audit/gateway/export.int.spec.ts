/** Downloads as they go on bad days, from a gateway that breaks off, refuses, and is played by the test. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sealed } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { proven } from '@tokenos/testing/wire/little-evidence';
import { BadInput, Unreachable } from '../exit.js';
import { exportFrom } from '../export.js';
import { verify } from '../verify.js';

const { entries, evidence } = proven();
const facts = sealed(entries);
const whole = exportText(facts, evidence);
const TOKEN = 'the-token';

/** What happens to the next requests, one after the other; then all goes well. */
let misfortunes: ((response: ServerResponse, lines: readonly string[]) => void)[] = [];
let asked: { path: string; authorization: string | undefined }[] = [];

const half = (kind: string): number => (kind === 'facts' ? 30 : 2);
const breaksOff = (response: ServerResponse, lines: readonly string[]): void => {
  response.writeHead(200);
  const text = lines.slice(0, half(lines[0]?.includes('"facts"') === true ? 'facts' : 'evidence')).join('');
  // In the middle of a line, too.
  response.write(`${text}${lines[1]?.slice(0, 50)}`, () => response.destroy());
};
const endsEarly = (response: ServerResponse, lines: readonly string[]): void => {
  response.writeHead(200).end(lines.slice(0, -1).join(''));
};
const answers =
  (status: number, headers = {}, body = '') =>
  (response: ServerResponse): void => {
    response.writeHead(status, headers).end(body);
  };

const server = createServer((request, response) => {
  asked.push({ path: request.url ?? '', authorization: request.headers.authorization });
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://localhost');
  const lines = part(pathname.split('/').at(-1) ?? '', searchParams.get('after'));
  const misfortune = misfortunes.shift();
  if (misfortune === undefined) response.writeHead(200).end(lines.join(''));
  else misfortune(response, lines);
});

/** What a gateway gives of one kind, after a position. */
function part(kind: string, after: string | null): string[] {
  const all = whole.split(/(?<=\n)/);
  const [header = '', ...rest] = kind === 'facts' ? all.slice(0, facts.length + 2) : all.slice(facts.length + 2);
  const left = rest.slice(Number(after ?? 0), -1);
  const count = { position: String(facts.length), facts: 0, evidence: 0, [kind]: left.length };
  return [
    header.replace('"after":null', `"after":${JSON.stringify(after)}`),
    ...left,
    `${JSON.stringify({ end: count })}\n`,
  ];
}

const folder = mkdtempSync(join(tmpdir(), 'audit-export-'));
const out = join(folder, 'export.ndjson');
let url: URL;

beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  process.env['AUDIT_TOKEN'] = TOKEN;
});
beforeEach(() => {
  [misfortunes, asked] = [[], []];
  rmSync(out, { force: true });
});
afterAll(() => {
  delete process.env['AUDIT_TOKEN'];
  rmSync(folder, { recursive: true });
  server.closeAllConnections();
  server.close();
});

const OPTIONS = { requireSettled: true, partial: false, clockScale: 1, evidence: true };
const patience = { tries: 3, firstWaitMs: 1 };
const download = () => exportFrom({ url, token: TOKEN, patience }, { out, evidence: true });
const verdict = () => verify(out, OPTIONS);

describe('an export from a gateway', () => {
  it('is facts and evidence in one file that verifies', async () => {
    const { text } = await download();
    expect(text).toBe(`${out}: ${facts.length} facts and 2 pieces of evidence.\n`);
    expect(readFileSync(out, 'utf8')).toBe(whole);
    expect(asked).toEqual([
      { path: '/v1/audit/facts', authorization: `Bearer ${TOKEN}` },
      { path: '/v1/audit/evidence', authorization: `Bearer ${TOKEN}` },
    ]);
    await expect(verdict()).resolves.toMatchObject({ exitCode: 0 });
  });

  it('goes on where it broke off, after the last line that came whole', async () => {
    misfortunes = [breaksOff, answers(503, { 'retry-after': '0' }), endsEarly];
    await download();
    expect(asked.map(({ path }) => path)).toEqual([
      '/v1/audit/facts',
      '/v1/audit/facts?after=29',
      '/v1/audit/facts?after=29',
      '/v1/audit/facts?after=60',
      '/v1/audit/evidence',
    ]);
    const { json } = await verdict();
    expect(json).toMatchObject({ verdict: 'clean', export: { facts: 60, evidence: evidence.length, complete: true } });
  });

  it('goes on in the next run, with a line that was left half, and brings a whole file up to date', async () => {
    writeFileSync(out, whole.slice(0, 9_000));
    await expect(verdict()).rejects.toThrow(BadInput);
    await download();
    await expect(verdict()).resolves.toMatchObject({ exitCode: 0 });
    const { json } = await download();
    expect(json).toMatchObject({ facts: 60, evidence: evidence.length, position: '60' });
    await expect(verdict()).resolves.toMatchObject({ exitCode: 0 });
  });

  it('gives up on a gateway that never gets any further, and keeps what it has', async () => {
    misfortunes = [breaksOff, ...Array<typeof breaksOff>(3).fill((response) => response.destroy())];
    await expect(download()).rejects.toThrow(Unreachable);
    misfortunes = Array<typeof endsEarly>(3).fill((response, lines) => response.writeHead(200).end(lines[0]));
    await expect(download()).rejects.toThrow('the download of facts broke off 3 times: it ended early');
    misfortunes = [];
    await download();
    await expect(verdict()).resolves.toMatchObject({ exitCode: 0 });
  });

  it.each([
    ['a token that is none', answers(401), /does not take this token/],
    ['a token without the role', answers(403), /lacks the role auditor/],
    ['a position of another store', answers(400), /does not know the position/],
    ['no such door', answers(404), /gives no export \(HTTP 404\)/],
    ['a page for people', answers(200, {}, '<html>\n</html>\n'), /something that is no export/],
    ['another address', answers(302, { location: 'http://127.0.0.1:1/' }), /gives no export \(HTTP 302\)/],
  ])(
    'is refused on %s',
    async (_, misfortune, says) => {
      misfortunes = Array<typeof misfortune>(6).fill(misfortune);
      await expect(download()).rejects.toThrow(says);
    },
    60_000,
  );

  it('never touches a file that is no export', async () => {
    for (const precious of ['my only copy', 'line 1\nline 2\n', `${JSON.stringify(facts[0])}\n{"half`]) {
      writeFileSync(out, precious);
      await expect(download()).rejects.toThrow(BadInput);
      expect(readFileSync(out, 'utf8')).toBe(precious);
    }
  });

  it('says which file it cannot write', async () => {
    const nowhere = join(folder, 'no-such-folder', 'export.ndjson');
    const into = (file: string) => exportFrom({ url, token: TOKEN, patience }, { out: file, evidence: true });
    await expect(into(nowhere)).rejects.toThrow(BadInput);
    await expect(into(nowhere)).rejects.toThrow(`${nowhere} cannot be written: ENOENT`);
    await expect(into('-')).rejects.toThrow('--out is a file');
  });

  it('can be verified without a file', async () => {
    misfortunes = [breaksOff];
    await expect(verify(url.href, OPTIONS)).resolves.toMatchObject({ exitCode: 0 });
    await expect(verify(`${url.href}?token=x`, OPTIONS)).rejects.toThrow(/by its address alone/);
    delete process.env['AUDIT_TOKEN'];
    await expect(verify(url.href, OPTIONS)).rejects.toThrow(/a token of the auditor role is needed/);
    process.env['AUDIT_TOKEN'] = 'in\nvalid';
    await expect(verify(url.href, OPTIONS)).rejects.toThrow('AUDIT_TOKEN holds no token');
  });
});
