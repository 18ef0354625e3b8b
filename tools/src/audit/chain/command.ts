/** `audit chain`: every transfer that the facts know, and every one that the chain knows, held against each other. */

import { InvalidArgumentError, Option, type Command } from 'commander';
import { give } from '../answer.js';
import { clockScale } from '../clock-scale.js';
import { BadInput } from '../exit.js';
import { WHERE, withRemote, type RemoteOptions } from '../reading/open-export.js';

export interface ChainOptions extends RemoteOptions {
  readonly rpc?: string;
  /** Epoch milliseconds, or Infinity; absent: a while before the last fact. */
  readonly until?: number;
  readonly clockScale: number;
  /** Absent: on a terminal only. */
  readonly progress?: boolean;
}

const EXAMPLES = `
Exit code: 0 facts and chain agree, 1 findings, 2 bad input, 3 could not reach the network.

Each transfer takes a question or two: a node that lets you ask often, and has all history, saves time.

Examples:
  $ audit chain export.ndjson --rpc https://rpc.example
  $ SOLANA_RPC_URL=https://rpc.example/?key=... audit chain export.ndjson --json | jq '.findings'
  $ audit chain export.ndjson --rpc http://127.0.0.1:8899 --until now
`;

export function addChain(program: Command): void {
  const command = program
    .command('chain')
    .description('compare every payment and payout with Solana, in both directions, and what the treasury holds')
    .argument('<export>', WHERE)
    .addOption(new Option('--rpc <url>', 'a Solana RPC node').env('SOLANA_RPC_URL'))
    .option(
      '--until <time>',
      'what the chain has later need not be in the facts; two minutes before the last fact unless said',
      time,
    )
    .option(
      '--clock-scale <n>',
      'how much faster than real the platform clock ran; above 1 no times are compared',
      clockScale,
      1,
    )
    .option('--json', 'print one JSON object instead of text', false)
    .option('--progress', 'say on standard error how far it is, also where that is no terminal')
    .addHelpText('after', EXAMPLES);
  withRemote(command).action((where: string, options: ChainOptions & { json: boolean }) =>
    give(async () => {
      const { rpc } = options;
      if (rpc === undefined || !URL.canParse(rpc)) throw new BadInput('a Solana RPC node is needed: --rpc <url>');
      // Loaded only now: whoever verifies a file has no use for a client of Solana.
      const { compareWithChain } = await import('./run.js');
      return compareWithChain(where, { ...options, rpc });
    }, options),
  );
}

/** `now`: everything that is on the chain must be in the facts. */
function time(text: string): number {
  const at = text === 'now' ? Infinity : Date.parse(text);
  if (Number.isNaN(at)) throw new InvalidArgumentError('It is a time such as 2026-11-26T12:00:00Z, or now.');
  return at;
}
