/** The auditor's answer for a person, and for a program. */

import { CODES, type Finding } from '@tokenos/audit/finding';
import type { AuditReport } from '@tokenos/audit/audit';

/** One line of JSON; money as decimal strings of micro-USDC. */
export const asJson = (report: AuditReport): string =>
  `${JSON.stringify(report, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))}\n`;

export function asText({ findings, totals }: AuditReport): string {
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
    `${facts} facts on ${streams} streams; ${rentals} rentals, ${settled} settled; ${minutesBilled} minutes billed`,
    '',
    ...amounts.map(([name], index) => `  ${name.padEnd(11)}${(digits[index] ?? '').padStart(width)} USDC`),
    '',
    ...(open.length === 0 ? [] : [`Still open: ${open.join(', ')}`, '']),
    ...findings.flatMap(lines),
    findings.length === 0
      ? 'Clean: every rule holds.'
      : `${findings.length} finding${findings.length === 1 ? '' : 's'}.`,
    '',
  ].join('\n');
}

function lines({ code, stream, revision, message, expected, found }: Finding): string[] {
  const place = revision === null ? stream : `${stream} @ ${revision}`;
  const compared = expected === undefined ? [] : [`    expected  ${expected}`, `    found     ${found ?? ''}`];
  return [`${code}  ${place}`, `    ${message}`, ...compared, `    rule: ${CODES[code]}`, ''];
}

/** 5806568n -> "5.806568". */
function inUsdc(amount: bigint): string {
  const [sign, digits] = amount < 0n ? ['-', (-amount).toString()] : ['', amount.toString()];
  const padded = digits.padStart(7, '0');
  return `${sign}${padded.slice(0, -6)}.${padded.slice(-6)}`;
}
