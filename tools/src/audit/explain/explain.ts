/** `audit explain`: one rental's story and its arithmetic, line by line, for whoever has to understand a bill. */

import type { Command } from 'commander';
import { give, type Answer } from '../answer.js';
import { EXIT } from '../exit.js';
import { openExport, WHERE, withRemote, type RemoteOptions } from '../reading/open-export.js';
import { gather } from './gather.js';
import { asText } from './render.js';
import { explain } from './tell.js';

const EXAMPLES = `
Each line names the revision of the fact that it stands on, and the rule that it follows (docs/rules). The numbers are the auditor's own;
where a fact says otherwise, that is said below it.

Exit code: 0 everything agrees, 1 something does not, 2 bad input, also where no rental or more than one is meant.

Examples:
  $ audit explain 01990000-000a-7000-8000-000000000001 export.ndjson
  $ audit explain rental-01990000 export.ndjson.gz
  $ audit explain 01990000 export.ndjson --json | jq '.sections[] | select(.title == "Bill")'
`;

export function addExplain(program: Command): void {
  const command = program
    .command('explain')
    .description("tell one rental's story and its arithmetic, line by line")
    .argument('<rental>', 'its id or its stream, or an unmistakable beginning')
    .argument('<export>', WHERE)
    .option('--json', 'print one JSON object instead of text', false)
    .addHelpText('after', EXAMPLES);
  withRemote(command).action((rental: string, where: string, { json, ...remote }: RemoteOptions & { json: boolean }) =>
    give(() => explainRental(where, rental, remote), { json }),
  );
}

/** Throws BadInput where the export cannot be read, or the rental is none of its. */
export async function explainRental(where: string, rental: string, remote: RemoteOptions): Promise<Answer> {
  const explanation = explain(await gather(await openExport(where, remote), rental));
  const exitCode = explanation.findings.length === 0 ? EXIT.clean : EXIT.findings;
  return { exitCode, text: asText(explanation), json: explanation };
}
