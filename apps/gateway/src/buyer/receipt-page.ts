/** The receipt as a page to print: no script, no outside resources. */

import { grams } from '../carbon/carbon-answer.js';
import type { Receipt } from '@tokenos/contracts/api/rental';

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');

const LATE = 'late, after the quote expired: it starts nothing and goes back';

const row = (...cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${escape(cell)}</td>`).join('')}</tr>`;

const table = (heads: readonly string[], rows: readonly string[]): string =>
  `<table><tr>${heads.map((head) => `<th>${escape(head)}</th>`).join('')}</tr>${rows.join('')}</table>`;

export function receiptPage(receipt: Receipt): string {
  const { rentalId, label, simulated, final, items, payments, transfers } = receipt;
  const title = `Receipt for rental ${rentalId}`;
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:14px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%;margin:1rem 0}td,th{border-bottom:1px solid #ccc;padding:.3rem;text-align:left;overflow-wrap:anywhere}</style>
<h1>${escape(title)}</h1>
${label === null ? '' : `<p>${escape(label)}</p>`}
${simulated ? '<p><strong>SIMULATED GPUs</strong></p>' : ''}
<p>${final ? 'Settled.' : 'Provisional: this rental is not settled yet.'}
From ${escape(receipt.startedAt ?? '-')} to ${escape(receipt.endedAt ?? '-')}. Amounts in USDC. Issued ${escape(receipt.issuedAt)}.</p>
${table(
  ['Served', 'Minutes', 'Rate per GPU-hour', 'Tier bps', 'Charge'],
  items.map((item) => row(item.what, String(item.minutes), item.ratePerGpuHour, String(item.tierBps), item.charge)),
)}
${table(
  ['Paid', 'Charged', 'of which fee', 'Refunded'],
  [row(receipt.paid, receipt.charged, receipt.fee, receipt.refunded)],
)}
${table(
  ['Payment from', 'Amount', 'Came', 'Signature'],
  payments.map(({ payer, amount, inTime, signature }) => row(payer, amount, inTime ? 'in time' : LATE, signature)),
)}
${table(
  ['Transfer', 'To', 'Amount', 'Signature'],
  transfers.map((transfer) => row(transfer.role, transfer.to, transfer.amount, transfer.signature ?? 'not signed yet')),
)}
${carbonPart(receipt.carbon)}
<p>Rules: ${escape(receipt.rules.pricing)}, ${escape(receipt.rules.settlement)}.</p>
</html>
`;
}

/** Says what is not in the figure wherever the figure is. */
function carbonPart(carbon: Receipt['carbon']): string {
  if (carbon === null) return '';
  const declared = carbon.gramsWithPue === null ? '' : `, ${carbon.gramsWithPue} g with the operators' declared PUE`;
  const machines = carbon.machines.map((machine) =>
    row(
      `${machine.gpuCount} x ${machine.gpuTier} in ${machine.country}`,
      String(machine.minutes),
      String(machine.tdpWatts),
      `${machine.intensity / machine.intensityScale} ${machine.intensityUnit}`,
      machine.puePercent === null ? 'not declared' : `${machine.puePercent} %`,
      `${grams(machine.mg)} g`,
      machine.intensitySource,
    ),
  );
  return `<p>CO2: ${escape(carbon.grams)} g${escape(declared)}${carbon.final ? '' : ', so far'} (${escape(carbon.rules)}).
The GPUs' own power at their thermal design power; host power is not included.</p>
${table(['Machine', 'Minutes', 'Watts per GPU', 'Grid', 'PUE', 'CO2', 'Source of the grid figure'], machines)}`;
}
