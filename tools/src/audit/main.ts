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
  .exitOverride();

for (const addTo of [addExport, addVerify, addExplain, addChain, addAnchor, addProof]) addTo(program);

// Whoever reads the answer may stop early, as `| head` does.
process.stdout.on('error', () => process.exit());

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? EXIT.clean : EXIT.badInput;
});
