/** An auditor from outside: a token of the role, an export over the public door, a verdict on the file, and the chain beside it. */

import type { Finding } from '@tokenos/audit/finding';
import { join } from 'node:path';
import type { Comparison } from '../audit/chain/compare.js';
import { compareWithChain } from '../audit/chain/run.js';
import { exportFrom } from '../audit/export.js';
import type { ExportSummary } from '../audit/reading/read-export.js';
import { verify } from '../audit/verify.js';
import type { Platform } from '../platform/platform.js';

export interface OutsideVerdict {
  readonly facts: number;
  /** Pieces of evidence behind minutes. */
  readonly evidence: number;
  readonly payments: number;
  readonly payouts: number;
  /** Of `audit verify` and of `audit chain`. */
  readonly findings: readonly Finding[];
}

/** Everything must have come to its end. The file stays in `dataDir`. */
export async function auditFromOutside(
  platform: Platform,
  { dataDir, clockScale }: { readonly dataDir: string; readonly clockScale: number },
): Promise<OutsideVerdict> {
  const token = await platform.issuer.mint({ subject: 'auditor', roles: ['auditor'], hours: 1 });
  const out = join(dataDir, 'export.ndjson');
  await exportFrom({ url: new URL(platform.gatewayUrl), token }, { out, evidence: true, progress: false });
  const options = { clockScale, progress: false };
  const verified = await verify(out, { ...options, requireSettled: true, partial: false });
  const compared = await compareWithChain(out, { ...options, rpc: platform.chain.rpcUrl, until: Infinity });
  const { export: summary, findings } = verified.json as { export: ExportSummary; findings: readonly Finding[] };
  const { payments, payouts, findings: onChain } = compared.json as Comparison;
  const { facts, evidence } = summary;
  return { facts, evidence: evidence ?? 0, payments, payouts, findings: [...findings, ...onChain] };
}
