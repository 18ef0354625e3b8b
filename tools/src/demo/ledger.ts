/** The whole store as an auditor would export it, and what the second opinion says of it. */

import { audit, type AuditOptions } from '@tokenos/audit/audit';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { openEventStore } from '@tokenos/runtime/event-store/open';
import type { Platform } from '../platform/platform.js';
import { exportEvidence } from './evidence.js';

const BATCH = 1_000;

export async function exportFacts(eventStoreUrl: string): Promise<Envelope[]> {
  const store = await openEventStore(eventStoreUrl, { applicationName: 'auditor' });
  try {
    const envelopes: Envelope[] = [];
    for (let after: string | null = null; ;) {
      const batch = await store.readAll(after, BATCH);
      envelopes.push(...batch.map((recorded) => recorded.envelope));
      const last = batch.at(-1);
      if (last === undefined) return envelopes;
      after = last.position;
    }
  } finally {
    await store.close();
  }
}

type Audited = Pick<Platform, 'eventStoreUrl' | 'gatewayUrl' | 'issuer'>;

/** Everything must have come to its end, unless said otherwise, and every minute have its evidence. */
export async function auditFacts(platform: Audited, options: AuditOptions = {}) {
  const facts = await exportFacts(platform.eventStoreUrl);
  const evidence = await exportEvidence(platform);
  const { findings, totals } = audit(facts, { requireSettled: true, evidence: 'required', ...options }, evidence);
  return { facts: facts.length, findings, totals };
}
