/** Reads the facts, asks the chain, and words what came of it. */

import { openAudit } from '@tokenos/audit/audit';
import { noting, type Finding } from '@tokenos/audit/finding';
import type { Answer } from '../answer.js';
import { EXIT } from '../exit.js';
import type { Patience } from '../patience.js';
import { progress } from '../progress.js';
import { openExport } from '../reading/open-export.js';
import { readExport } from '../reading/read-export.js';
import { inUsdc, inWords } from '../report.js';
import { ChainBook } from './book.js';
import type { ChainOptions } from './command.js';
import { compare, type Comparison } from './compare.js';
import { openLedger } from './ledger.js';

/** A transfer is in the facts seconds after it is on the chain; this long is waited before a missing one is missed. */
const GRACE_MS = 120_000;

interface Funds {
  /** Paid in and not paid out, as the auditor counts it. */
  readonly heldMicroUsdc: bigint;
  /** What the platform has promised to add of its own, and has not paid yet. */
  readonly owedMicroUsdc: bigint;
  /** Of the facts alone: `audit verify` tells them. */
  readonly otherFindings: number;
}

/** Throws BadInput and Unreachable where there is no verdict to be had. */
export async function compareWithChain(
  where: string,
  options: ChainOptions & { readonly rpc: string; readonly patience?: Patience },
): Promise<Answer> {
  const { progress: asked, rpc, clockScale } = options;
  const shown = asked ?? null;
  const source = await openExport(where, { ...options, evidence: false });
  const { sizeBytes, readBytes } = source;
  const reading = progress({ shown, share: () => (sizeBytes === null ? null : readBytes() / sizeBytes) });
  const [book, audit] = [new ChainBook(), openAudit({ clockScale })];
  const hearer = {
    fact(envelope: Parameters<typeof audit.see>[0]) {
      book.see(envelope);
      audit.see(envelope);
      reading.tick();
    },
  };
  await readExport(source, hearer, { partial: false }).finally(() => reading.end());
  const { findings: other, totals } = audit.report();
  const asking = progress({ shown, share: () => null, unit: 'transactions', ticksPerLook: 1 });
  const comparison = await compare(book, openLedger(rpc, options.patience), {
    until: options.until ?? book.lastAt - GRACE_MS,
    blockTimes: clockScale === 1,
    tick: () => asking.tick(),
  }).finally(() => asking.end());
  const funds = { heldMicroUsdc: totals.heldMicroUsdc, owedMicroUsdc: book.owed(), otherFindings: other.length };
  const findings = [...comparison.findings, ...shortOf(comparison, funds)];
  const verdict = findings.length === 0 ? 'clean' : 'findings';
  const json = { verdict, ...comparison, ...funds, findings };
  return { exitCode: EXIT[verdict], text: asText(comparison, funds, findings), json };
}

/** I12. */
function shortOf({ account, balanceMicroUsdc }: Comparison, { heldMicroUsdc, owedMicroUsdc }: Funds): Finding[] {
  const findings: Finding[] = [];
  const needed = heldMicroUsdc + owedMicroUsdc;
  if (balanceMicroUsdc < needed) {
    const note = noting(findings, `account ${account.tokenAccount}`, null);
    note.compare('I12', "the treasury holds less than is others'", needed, balanceMicroUsdc);
  }
  return findings;
}

function asText(comparison: Comparison, funds: Funds, findings: readonly Finding[]): string {
  const { account, genesisHash, slot, payments, payouts, history, later } = comparison;
  const amounts = [
    ['balance', comparison.balanceMicroUsdc],
    ['held', funds.heldMicroUsdc],
    ['owed', funds.owedMicroUsdc],
  ] as const;
  const width = Math.max(...amounts.map(([, amount]) => inUsdc(amount).length));
  return [
    `Chain ${genesisHash} as of slot ${slot}`,
    `Treasury ${account.wallet}, its USDC in ${account.tokenAccount}`,
    `${payments} payments and ${payouts} payouts of the facts, ${history} transactions of the chain`,
    ...(later.length === 0 ? [] : [`Later than the facts, and not judged: ${later.join(', ')}`]),
    '',
    ...amounts.map(([name, amount]) => `  ${name.padEnd(9)}${inUsdc(amount).padStart(width)} USDC`),
    '',
    ...(funds.otherFindings === 0
      ? []
      : [`The facts themselves have ${funds.otherFindings} findings: audit verify`, '']),
    inWords(findings, 'Clean: facts and chain agree.'),
  ].join('\n');
}
