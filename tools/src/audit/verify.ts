/** `audit verify`: an export read line by line, every number computed again, and what does not hold. */

import { openAudit } from '@tokenos/audit/audit';
import type { Command } from 'commander';
import { give, type Answer } from './answer.js';
import { clockScale } from './clock-scale.js';
import { EXIT } from './exit.js';
import { progress } from './progress.js';
import { openExport, WHERE, withRemote, type RemoteOptions } from './reading/open-export.js';
import { readExport } from './reading/read-export.js';
import { asText } from './report.js';

export interface VerifyOptions extends RemoteOptions {
  readonly requireSettled: boolean;
  readonly partial: boolean;
  readonly clockScale: number;
  /** Absent: on a terminal only. */
  readonly progress?: boolean;
}

const EXAMPLES = `
Exit code: 0 clean, 1 findings, 2 bad input, 3 could not reach the network.

Examples:
  $ audit verify export.ndjson
  $ audit verify export.ndjson.gz --require-settled --json | jq '.findings[].code'
  $ ssh archive cat export.ndjson.gz | audit verify -
  $ audit verify one-rental.ndjson --partial
  $ audit verify https://gateway.example --token-file token.txt --progress
`;

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('compute every price, choice, share, score and gram again, and say what does not hold')
    .argument('<export>', WHERE)
    .option('--json', 'print one JSON object instead of text', false)
    .option('--require-settled', 'money still held, or an end not settled, is a finding', false)
    .option('--partial', 'the export is cut off or holds only some streams: say nothing of what it lacks', false)
    .option('--clock-scale <n>', 'how much faster than real the platform clock ran', clockScale, 1)
    .option('--progress', 'say on standard error how far it is, also where that is no terminal')
    .addHelpText('after', EXAMPLES);
  withRemote(command).action((where: string, { json, ...options }: VerifyOptions & { json: boolean }) =>
    give(() => verify(where, options), { json }),
  );
}

/** Throws BadInput where there is no verdict to be had. */
export async function verify(where: string, { progress: asked, ...options }: VerifyOptions): Promise<Answer> {
  const source = await openExport(where, options);
  const audit = openAudit({ ...options, evidence: 'if present' });
  const { sizeBytes, readBytes } = source;
  const line = progress({ shown: asked ?? null, share: () => (sizeBytes === null ? null : readBytes() / sizeBytes) });
  const hearer = {
    fact(...told: Parameters<typeof audit.see>) {
      audit.see(...told);
      line.tick();
    },
    evidence: audit.seeEvidence,
  };
  const summary = await readExport(source, hearer, options).finally(() => line.end());
  const hasAllEvidence = summary.evidence !== null && summary.complete === true && !options.partial;
  const report = audit.report(hasAllEvidence ? 'required' : 'if present');
  const verdict = report.findings.length === 0 ? 'clean' : 'findings';
  return { exitCode: EXIT[verdict], text: asText(report, summary), json: { verdict, export: summary, ...report } };
}
