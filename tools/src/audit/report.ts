/** The auditor's verdict in words for a person. */

import type { AuditReport } from '@tokenos/audit/audit';
import { CODES, type Finding } from '@tokenos/audit/finding';
import type { ExportSummary } from './reading/read-export.js';

export function asText({ findings, totals }: AuditReport, summary: ExportSummary): string {
  const { facts, streams, rentals, settled, minutesBilled, open } = totals;
  const amounts = [
    ['paid in', totals.paidMicroUsdc],
    ...(totals.shortfallMicroUsdc > 0n ? [['added', totals.shortfallMicroUsdc] as const] : []),
    ['operators', totals.operatorMicroUsdc],
    ['fees', totals.feeMicroUsdc],
    ['refunded', totals.refundedMicroUsdc],
    ['held', totals.heldMicroUsdc],
  ] satisfies (readonly [string, bigint])[];
  const digits = amounts.map(([, amount]) => inUsdc(amount));
  const width = Math.max(...digits.map((text) => text.length));
  return [
    ...wholeness(summary),
    `${facts} facts on ${streams} streams; ${rentals} rentals, ${settled} settled; ${minutesBilled} minutes billed`,
    '',
    ...amounts.map(([name], index) => `  ${name.padEnd(11)}${(digits[index] ?? '').padStart(width)} USDC`),
    '',
    ...(open.length === 0 ? [] : [`Still open: ${open.join(', ')}`, '']),
    inWords(findings),
  ].join('\n');
}

/** Each finding with its place and its rule, then the verdict. Ends with a line break. */
export function inWords(findings: readonly Finding[], clean = 'Clean: every rule holds.'): string {
  const verdict = findings.length === 0 ? clean : `${findings.length} finding${findings.length === 1 ? '' : 's'}.`;
  return [...findings.flatMap(lines), verdict, ''].join('\n');
}

/** What the reader of a clean verdict must not take it for. */
function wholeness({ complete, evidence }: ExportSummary): string[] {
  const lacks = [
    ...(complete === null ? ['Bare envelopes: nobody can tell from them whether the last ones are missing.'] : []),
    ...(complete === false ? ['A part of an export: nothing is said of what it lacks.'] : []),
    ...(evidence === null ? ['No evidence: how many minutes were served is taken from the facts.'] : []),
  ];
  return lacks.length === 0 ? [] : [...lacks, ''];
}

function lines({ code, stream, revision, message, expected, found }: Finding): string[] {
  const place = revision === null ? stream : `${stream} @ ${revision}`;
  const compared = expected === undefined ? [] : [`    expected  ${expected}`, `    found     ${found ?? ''}`];
  return [`${code}  ${place}`, `    ${message}`, ...compared, `    rule: ${CODES[code]}`, ''];
}

/** 5806568n -> "5.806568". */
export function inUsdc(amount: bigint): string {
  const [sign, digits] = amount < 0n ? ['-', (-amount).toString()] : ['', amount.toString()];
  const padded = digits.padStart(7, '0');
  return `${sign}${padded.slice(0, -6)}.${padded.slice(-6)}`;
}
