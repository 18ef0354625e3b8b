import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { desired } from '../testing/leases.js';
import { fileJournal } from './journal.js';
import type { Lease } from './lease.js';

const dir = mkdtempSync(join(tmpdir(), 'journal-'));
const path = join(dir, 'leases.json');
const moment = { now: 0, deadlineOf: (at: number) => at + 5 };
const lease = (phase: Lease['phase']): Lease => {
  const entry = desired({});
  const rest = { phase, since: 7, detail: null, ending: null, served: true, slot: 2, checkpoint: null };
  const told = { buyerSince: 8, noticedAt: 9 };
  return { entry, ...rest, ...told, deadline: Date.parse(entry.paidUntil) + 5 };
};

afterAll(() => rmSync(dir, { recursive: true }));

describe('the journal', () => {
  it('is empty on a new node', () => {
    expect(fileJournal(path).load(moment)).toEqual([]);
  });

  it('gives back what it was given, with deadlines measured anew, and what was ready to be started again', () => {
    const [ready, failed, over] = [lease('ready'), lease('failed'), lease('ended')];
    fileJournal(path).save([ready, failed, over]);
    expect(fileJournal(path).load(moment)).toEqual([{ ...ready, phase: 'starting' }, failed, over]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(path, 'utf8')).not.toContain('deadline');
  });

  it('is not guessed at when it cannot be read', () => {
    writeFileSync(path, '{"version":1,"leases":[{}]}');
    expect(() => fileJournal(path).load(moment)).toThrow();
    writeFileSync(path, '{"ver');
    expect(() => fileJournal(path).load(moment)).toThrow();
  });
});
