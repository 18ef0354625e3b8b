/** An export of a true history is clean; the same one, tampered with in any of these ways, is not, and the finding names rule and stream. */

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@tokenos/audit/finding';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { tell } from '@tokenos/simulation/stories/tell';
import type { Entry } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { verify } from '../verify.js';
import { asItIs, sealedAgain } from './edits.js';
import { market } from './market.js';
import { tableOf } from './table.js';
import { groups } from './tamperings.js';
import { witnesses } from './witnesses.js';

const folder = mkdtempSync(join(tmpdir(), 'tampering-'));
const file = join(folder, 'export.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

/** As a person has it done: the bytes of a file in, a report out. */
async function found(envelopes: readonly Envelope[]): Promise<readonly Finding[]> {
  writeFileSync(file, exportText(envelopes));
  const { json } = await verify(file, { requireSettled: true, partial: false, clockScale: 1, progress: false });
  return (json as { findings: readonly Finding[] }).findings;
}

let history: readonly Entry[];
beforeAll(async () => {
  const { envelopes } = await tell(market, 1);
  history = envelopes as readonly (Envelope & Entry)[];
}, 60_000);

it('a true export is clean, also where all its hashes are made anew', async () => {
  expect(await found(asItIs(history))).toEqual([]);
  expect(sealedAgain(history)).toEqual(history);
});

describe.each(Object.entries(groups))('%s', (_, tamperings) => {
  it.each(tamperings)('$what: found by $by', async ({ on, by, asItIs: plainly = 'I10', edit }) => {
    const changed = edit(history);
    const places = (await found(sealedAgain(changed))).map(({ code, stream }) => `${code} ${stream}`);
    expect(places).toContain(`${by} ${on}`);
    const codes = (await found(asItIs(changed))).map(({ code }) => code);
    expect(codes).toContain(plainly);
  });
});

describe('docs/tampering.md', () => {
  it('lists each of them; rewritten by TAMPERING=write', () => {
    const table = tableOf(groups, witnesses);
    if (process.env['TAMPERING'] === 'write') writeFileSync('docs/tampering.md', table);
    expect(readFileSync('docs/tampering.md', 'utf8')).toBe(table);
  });
});
