#!/usr/bin/env node
/** The auditor's own program: a second opinion for whoever holds the facts, and takes no one's word for them. */

import { Command, CommanderError } from 'commander';
import { addAnchor } from './anchor.js';
import { addChain } from './chain/command.js';
import { EXIT } from './exit.js';
import { addExplain } from './explain/explain.js';
import { addExport } from './export.js';
import { addProof } from './proof.js';
import { addVerify } from './verify.js';

const program = new Command('audit')
  .description(
    'A second opinion on exported facts: invariants, hash chains, and every price, share and choice computed again.\n' +
      'Nothing is asked over the network unless you name a URL.',
  )
  // Written in when the program is bundled.
  .version(process.env['AUDIT_VERSION'] ?? 'of this repository')
  // Of two files named, one would be judged in silence.
  .allowExcessArguments(false)
  .exitOverride();

for (const addTo of [addExport, addVerify, addExplain, addChain, addAnchor, addProof]) addTo(program);

// Whoever reads the answer may stop early, as `| head` does; a verdict that was never written down is none.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  process.stderr.write(`the answer cannot be written: ${error.message}\n`);
  process.exit(EXIT.badInput);
});
process.stderr.on('error', () => undefined);

// Node's own exit code for it is 1, which means findings.
process.on('uncaughtException', (error) => {
  process.stderr.write(`${error.stack ?? String(error)}\n`);
  process.exit(EXIT.fault);
});

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.badInput;
});
