/** An export with its evidence, forged: found as it is by the hash that its fact names, and found again where the fact names what was forged. */

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@tokenos/audit/finding';
import { failover } from '@tokenos/simulation/stories/failover';
import { tell } from '@tokenos/simulation/stories/tell';
import type { Entry } from '@tokenos/testing/wire/entries';
import { exportText } from '@tokenos/testing/wire/export-file';
import { verify } from '../verify.js';
import { asItIs, sealedAgain } from './edits.js';
import { namedAnew, RENTAL, witnesses, type Proven } from './witnesses.js';

const folder = mkdtempSync(join(tmpdir(), 'witnesses-'));
const file = join(folder, 'export.ndjson');
afterAll(() => rmSync(folder, { recursive: true }));

async function found({ facts, evidence }: Proven, seal: typeof sealedAgain): Promise<readonly Finding[]> {
  writeFileSync(file, exportText(seal(facts), evidence));
  const { json } = await verify(file, { requireSettled: true, partial: false, clockScale: 1, progress: false });
  return (json as { findings: readonly Finding[] }).findings;
}

let proven: Proven;
beforeAll(async () => {
  const { envelopes, proofs } = await tell(failover, 1, { keepsEvidence: true });
  const facts = envelopes as unknown as readonly Entry[];
  const named = new Set(facts.map((fact) => fact.data['evidenceSha256']));
  const pieces = proofs.map(({ sha256, rentalId, firstMinute, body }) => ({ sha256, rentalId, firstMinute, body }));
  proven = { facts, evidence: pieces.filter(({ sha256 }) => named.has(sha256)) };
}, 60_000);

it('true evidence, as the machines signed it, is clean', async () => {
  expect(proven.evidence).toHaveLength(2);
  expect(await found(proven, asItIs)).toEqual([]);
  expect(namedAnew(proven)).toEqual(proven);
});

it.each(witnesses)('$what', async ({ says, asItIs: plainly = 'minutes@1', forge }) => {
  const forged = forge(proven);
  const told = async (one: Proven, seal: typeof sealedAgain) =>
    (await found(one, seal)).map(({ code, stream, message }) => `${code} ${stream} ${message}`);
  const by = new RegExp(`^minutes@1 ${RENTAL} .*${says.source}`, 'm');
  expect((await told(namedAnew(forged), sealedAgain)).join('\n')).toMatch(by);
  expect((await told(forged, asItIs)).join('\n')).toContain(`${plainly} ${RENTAL}`);
});
