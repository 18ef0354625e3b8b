#!/usr/bin/env node
/** `audit verify <file.ndjson>`: the auditor's own program. Exit code 0: clean, 1: findings, 2: bad input. */

import { Command, CommanderError } from 'commander';
import { verify, type VerifyOptions } from './verify.js';

const EXAMPLES = `
Exit code: 0 clean, 1 findings, 2 the file is no export of facts.

Examples:
  $ audit verify export.ndjson
  $ audit verify export.ndjson --require-settled --json | jq '.findings[].code'
  $ audit verify one-rental.ndjson --partial
`;

const program = new Command('audit')
  .description(
    'A second opinion on exported facts: invariants, hash chains, and every price, share and choice computed again.',
  )
  .exitOverride();

program
  .command('verify')
  .description('read one fact envelope per line (NDJSON) and say what does not hold')
  .argument('<file>', 'export of facts; each stream in its own order, streams in any')
  .option('--json', 'print one JSON object instead of text', false)
  .option('--require-settled', 'money still held, or an end not settled, is a finding', false)
  .option('--partial', 'the file holds only some streams: say nothing of those it lacks', false)
  .option('--clock-scale <n>', 'how much faster than real the platform clock ran', Number, 1)
  .addHelpText('after', EXAMPLES)
  .action(async (file: string, options: VerifyOptions) => {
    const { exitCode, text } = await verify(file, options);
    (exitCode === 2 ? process.stderr : process.stdout).write(text);
    process.exitCode = exitCode;
  });

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
});
