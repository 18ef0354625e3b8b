/** The text of an export, as the gateway's two downloads give it, one after the other. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { EXPORT_FORMAT, type ExportedEvidence, type ExportLine } from '@tokenos/contracts/export/export-line';

/** Positions are counted from 1, as text. `evidence` null: no part for it. */
export function exportText(facts: readonly Envelope[], evidence: readonly ExportedEvidence[] | null = null): string {
  const position = facts.length === 0 ? null : String(facts.length);
  const lines: ExportLine[] = [
    { format: EXPORT_FORMAT, holds: 'facts', after: null, stream: null },
    ...facts.map((fact, index) => ({ position: String(index + 1), fact: fact as never })),
    { end: { position, facts: facts.length, evidence: 0 } },
  ];
  if (evidence !== null) {
    lines.push(
      { format: EXPORT_FORMAT, holds: 'evidence', after: null, stream: null },
      ...evidence.map((piece, index) => ({ position: String(index + 1), evidence: piece })),
      { end: { position, facts: 0, evidence: evidence.length } },
    );
  }
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}
