/** The export that is measured must be a right one: otherwise it is refusals that are measured. */

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readWrittenFact } from '@tokenos/contracts/export/written-fact';
import { failover } from '@tokenos/simulation/stories/failover';
import { preemption } from '@tokenos/simulation/stories/preemption';
import { tell } from '@tokenos/simulation/stories/tell';
import { verify } from '../../audit/verify.js';
import { writeExport } from './large-export.js';
import { templateOf } from './template.js';

const folder = mkdtempSync(join(tmpdir(), 'copies-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('a large export', () => {
  it('is a right one: its copies share no name, every hash is right, and every rule holds', async () => {
    const told = [await tell(preemption, 1), await tell(failover, 1)];
    const templates = told.map(({ envelopes }) => [templateOf(envelopes), 1] as const);
    const file = join(folder, 'export.ndjson');
    const written = await writeExport(file, templates, 300);
    expect(written.facts).toBeGreaterThanOrEqual(300);
    const { json } = await verify(file, { requireSettled: true, partial: false, clockScale: 1 });
    expect(json).toMatchObject({
      findings: [],
      export: { complete: true, facts: written.facts },
      totals: { rentals: written.rentals, settled: written.rentals },
    });
    const facts = readFileSync(file, 'utf8')
      .split('\n')
      .flatMap((line) => readWrittenFact(line) ?? []);
    expect(new Set(facts.map(({ envelope }) => envelope.id)).size).toBe(written.facts);
  });
});
