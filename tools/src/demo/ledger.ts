/** The whole store as an auditor would export it, and what the second opinion says of it. */

import { audit, type AuditOptions } from '@tokenos/audit/audit';
import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { openEventStore } from '@tokenos/runtime/event-store/open';

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

/** Everything must have come to its end, unless said otherwise. */
export async function auditFacts(eventStoreUrl: string, options: AuditOptions = {}) {
  const facts = await exportFacts(eventStoreUrl);
  const { findings, totals } = audit(facts, { requireSettled: true, ...options });
  return { facts: facts.length, findings, totals };
}
