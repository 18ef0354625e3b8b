/** The evidence behind minutes, as an auditor takes it home: by the platform's front door, and whole. */

import { exportEnd, exportedEvidence, type ExportedEvidence } from '@tokenos/contracts/export/export-line';
import { waitFor } from '../client/wait.js';
import type { Platform } from '../platform/platform.js';

const PATIENCE_MS = 30_000;

/** Tries again while the gateway, or whoever keeps the evidence, is on its way back up. */
export async function exportEvidence({ gatewayUrl, issuer }: Pick<Platform, 'gatewayUrl' | 'issuer'>) {
  const token = await issuer.mint({ subject: 'auditor', roles: ['auditor'], hours: 1 });
  return waitFor('the evidence', PATIENCE_MS, async () => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${gatewayUrl}/v1/audit/evidence`, { headers }).catch(() => undefined);
    return answer?.ok === true ? evidenceIn(await answer.text()) : undefined;
  });
}

/** Throws where the end is missing, or counts others than came. */
function evidenceIn(text: string): readonly ExportedEvidence[] {
  const [, ...lines] = text.trimEnd().split('\n');
  const { end } = exportEnd.parse(JSON.parse(lines.pop() ?? ''));
  const evidence = lines.map((line) => exportedEvidence.parse(JSON.parse(line)).evidence);
  if (evidence.length !== end.evidence)
    throw new Error(`${evidence.length} of ${end.evidence} pieces of evidence came`);
  return evidence;
}
