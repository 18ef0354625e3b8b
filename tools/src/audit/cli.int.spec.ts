/** The auditor's program as a stranger has it: one file, in an empty folder, on a machine without this repository. */

import { spawnSync } from 'node:child_process';
import { closeSync, cpSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { put, sealed } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { littleHistory } from '@tokenos/testing/wire/little-history';
import { SERVED } from '@tokenos/testing/wire/names';

const built = mkdtempSync(join(tmpdir(), 'tokenos-audit-built-'));
const folder = mkdtempSync(join(tmpdir(), 'tokenos-audit-'));
const program = join(folder, 'audit.cjs');

const facts = sealed(littleHistory);
const wrong = sealed(put(SERVED, 'MeterClosed.v1', 'minutesServed', 3)(littleHistory));

const write = (name: string, content: string | Buffer): void => writeFileSync(join(folder, name), content);

function audit(args: readonly string[], input: string | Buffer = '') {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    cwd: folder,
    env: {},
    input,
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

beforeAll(() => {
  const made = spawnSync(process.execPath, ['tools/dist/audit-package/main.js', '--out', built], { encoding: 'utf8' });
  expect(made.stderr).toBe('');
  cpSync(join(built, 'audit.cjs'), program);
  write('right.ndjson', exportText(facts));
  write('wrong.ndjson', exportText(wrong));
}, 60_000);

afterAll(() => {
  for (const made of [built, folder]) rmSync(made, { recursive: true });
});

describe('the bundled auditor', () => {
  it('says that a right export is clean, in text and in JSON', () => {
    const told = audit(['verify', 'right.ndjson', '--require-settled']);
    expect(told).toMatchObject({ status: 0, stderr: '' });
    expect(told.stdout).toMatch(/\n60 facts on 13 streams; .*\n[^]*\nClean: every rule holds\.\n$/);
    const json = audit(['verify', 'right.ndjson', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ verdict: 'clean', findings: [], totals: { facts: 60 } });
    expect(json.stdout.split('\n')).toHaveLength(2);
  });

  it('names what is wrong and exits with 1', () => {
    const { status, stdout } = audit(['verify', 'wrong.ndjson']);
    expect(status).toBe(1);
    expect(stdout).toContain(`I8  ${SERVED} @ `);
  });

  it('reads standard input, also gzipped, and shows how far it is where it is asked to', () => {
    expect(audit(['verify', '-'], exportText(facts)).status).toBe(0);
    const told = audit(['verify', '-', '--progress'], gzipSync(exportText(wrong)));
    expect(told.status).toBe(1);
  });

  it.each([
    ['a file that is not there', ['verify', 'none.ndjson'], 'there is no file none.ndjson\n'],
    ['a directory', ['verify', '.'], '. is a directory\n'],
    ['an empty file', ['verify', '-'], 'standard input is empty\n'],
    ['no file', ['verify'], "error: missing required argument 'export'\n"],
    ['an option that it does not know', ['verify', 'x', '--loud'], "error: unknown option '--loud'\n"],
    ['a second file', ['verify', 'right.ndjson', 'wrong.ndjson'], /^error: too many arguments/],
    ['a clock that no chain keeps', ['chain', 'x', '--clock-scale', 'fast'], /It is a number from 1 on\.\n$/],
    ['a clock that runs backwards', ['verify', 'x', '--clock-scale', '-1'], /It is a number from 1 on\.\n$/],
    ['a command that it does not know', ['bless'], /unknown command 'bless'|too many arguments/],
  ])('exits with 2 on %s', (_, args, says) => {
    const { status, stdout, stderr } = audit(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    if (typeof says === 'string') expect(stderr).toBe(says);
    else expect(stderr).toMatch(says);
  });

  it('has given no verdict that could not be written down', () => {
    const full = openSync('/dev/full', 'w');
    const told = spawnSync(process.execPath, [program, 'verify', join(folder, 'right.ndjson')], {
      stdio: ['ignore', full, 'pipe'],
      encoding: 'utf8',
    });
    closeSync(full);
    expect(told.status).toBe(2);
    expect(told.stderr).toMatch(/^the answer cannot be written: ENOSPC/);
  });

  it('does not say that there are findings where it broke down itself', () => {
    write('breakdown.cjs', "setTimeout(() => { throw new Error('on purpose'); }, 0);");
    const told = spawnSync(process.execPath, ['-r', './breakdown.cjs', program, 'verify', '-'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(told.status).toBe(4);
    expect(told.stderr).toMatch(/^Error: on purpose/);
  });

  it('says in JSON too why there is no verdict', () => {
    const told = audit(['verify', '-', '--json'], '{"a":1}\n');
    expect(told.status).toBe(2);
    expect(JSON.parse(told.stdout)).toEqual({ verdict: null, error: told.stderr.trimEnd() });
    expect(told.stderr).toMatch(/^standard input:1 is not a fact's envelope/);
  });

  it('finds a fact of a type that nobody knows', () => {
    const unknown = facts.map((fact, index) => (index === 3 ? { ...fact, type: 'RentalBlessed.v1' } : fact));
    const { status, stdout } = audit(['verify', '-'], exportText(unknown));
    expect(status).toBe(1);
    expect(stdout).toContain('no fact RentalBlessed.v1 is known here');
  });

  it('explains itself, and each command with examples', () => {
    const { version } = JSON.parse(readFileSync('tools/audit/package.json', 'utf8')) as { version: string };
    expect(audit(['--version'])).toEqual({ status: 0, stdout: `${version}\n`, stderr: '' });
    const { status, stdout } = audit(['--help']);
    expect(status).toBe(0);
    const commands = [...stdout.matchAll(/^ {2}([a-z]+) \[options\]/gm)].map(([, command]) => command ?? '');
    expect(commands).toContain('verify');
    for (const command of commands) {
      const help = audit([command, '--help']);
      expect({ command, status: help.status }).toEqual({ command, status: 0 });
      expect(help.stdout).toMatch(new RegExp(`Exit code: 0 [^]*Examples:[^]* \\$ audit ${command} `));
      expect(help.stdout).toContain('--json');
    }
  });

  it('carries none of the rules that it judges', () => {
    const sections = readFileSync(program, 'utf8').split(/^\/\/ (?=\S+\.js$)/m);
    const ofPlatform = sections.filter((section) => section.startsWith('libs/domain/')).join('');
    // Lists of words that the schemas share with the platform, and the brand of their amounts: no formula.
    expect(ofPlatform).toContain('"GB300", "B300"');
    expect(ofPlatform.match(/\bfunction \w+|=>/g)).toEqual(['function usdc']);
  });
});
