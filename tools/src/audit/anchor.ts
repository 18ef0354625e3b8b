/** `audit anchor`: an export against the roots in it, against roots kept elsewhere, and against the chain. */

import { AnchorCheck, type Asked, type Kept } from '@tokenos/audit/anchors/against';
import type { Command } from 'commander';
import { keptIn } from './anchors/kept-file.js';
import { genesisOf, memosOnChain } from './anchors/memos-on-chain.js';
import { inWordsOfAnchors } from './anchors/words.js';
import { give, type Answer } from './answer.js';
import { assertAmong } from './chain/same-chain.js';
import { BadInput, EXIT } from './exit.js';
import { progress } from './progress.js';
import { openExport, WHERE } from './reading/open-export.js';
import { readExport } from './reading/read-export.js';

export interface AnchorOptions {
  readonly tokenFile?: string;
  readonly anchors?: string;
  readonly rpc?: string;
  readonly treasury?: string;
  readonly proof?: string;
  readonly day?: string;
  /** Absent: on a terminal only. */
  readonly progress?: boolean;
}

const EXAMPLES = `
The anchors inside an export show that it agrees with itself. Only roots from elsewhere show that nobody rewrote or cut it:
the chain (--rpc), or copies of the memos that you kept (--anchors: any text that has them in it).

Exit code: 0 clean, 1 findings, 2 bad input, 3 could not reach the network.

Examples:
  $ audit anchor export.ndjson
  $ audit anchor export.ndjson --anchors memos-i-copied.txt
  $ audit anchor export.ndjson --rpc https://your-solana-node.example --treasury <the platform's wallet>
  $ audit anchor export.ndjson --proof rental-0193c4d5-... > proof.json && audit proof proof.json --anchors memos.txt
`;

export function addAnchor(program: Command): void {
  program
    .command('anchor')
    .description("compute each day's root again, and compare it with what was published")
    .argument('<export>', `${WHERE}; of all streams, from the first fact on`)
    .option('--json', 'print one JSON object instead of text', false)
    .option('--token-file <file>', "holds the auditor's token for a gateway; AUDIT_TOKEN unless said")
    .option('--anchors <file>', 'memos of anchors kept elsewhere')
    .option('--rpc <url>', 'a Solana node: find every anchor that the treasury signed')
    .option('--treasury <wallet>', 'whose anchors --rpc looks for')
    .option('--proof <stream>', "print a proof that the stream's head is under the newest root, or the day's")
    .option('--day <day>', 'of --proof: under the root of that day')
    .option('--progress', 'say on standard error how far it is, also where that is no terminal')
    .addHelpText('after', EXAMPLES)
    .action((where: string, { json, ...options }: AnchorOptions & { json: boolean }) =>
      give(() => anchor(where, options), { json }),
    );
}

/** Throws BadInput where there is no verdict to be had. */
export async function anchor(where: string, options: AnchorOptions): Promise<Answer> {
  const kept = await keptBy(options);
  const asked: Asked = {
    kept,
    keptAll: options.rpc !== undefined,
    ...(options.proof !== undefined && { proof: { stream: options.proof, day: options.day ?? null } }),
  };
  const check = new AnchorCheck(asked);
  const chains = new Set<string>();
  const source = await openExport(where, { ...options, evidence: false });
  const { sizeBytes, readBytes } = source;
  const shown = options.progress ?? null;
  const line = progress({ shown, share: () => (sizeBytes === null ? null : readBytes() / sizeBytes) });
  const hearer = {
    fact(envelope: Parameters<typeof check.see>[0], _position: string | null, body?: string) {
      check.see(envelope, body);
      const chain = (envelope.data as { readonly genesisHash?: unknown } | null)?.genesisHash;
      if (typeof chain === 'string') chains.add(chain);
      line.tick();
    },
  };
  const summary = await readExport(source, hearer, { partial: false }).finally(() => line.end());
  // Else every anchor in the export would seem to have been made up.
  if (options.rpc !== undefined) assertAmong(chains, await genesisOf(options.rpc));
  const { proof, ...report } = check.report();
  if (report.anchors.length === 0)
    throw new BadInput(`${where} has no anchor in it, and none was given to compare with`);
  const verdict = report.findings.length === 0 ? 'clean' : 'findings';
  if (options.proof === undefined) {
    const json = { verdict, export: summary, ...report };
    return { exitCode: EXIT[verdict], text: inWordsOfAnchors({ ...report, proof }), json };
  }
  if (proof === null) throw new BadInput(`${options.proof} is under no such root`);
  return { exitCode: EXIT[verdict], text: `${JSON.stringify(proof)}\n`, json: proof };
}

async function keptBy({ anchors, rpc, treasury, proof, day }: AnchorOptions): Promise<readonly Kept[]> {
  // Left without the option that they are of, they would do nothing, and look as if they had.
  if (rpc === undefined && treasury !== undefined)
    throw new BadInput('--treasury is for --rpc: nobody is asked without');
  if (proof === undefined && day !== undefined) throw new BadInput('--day is for --proof');
  const kept = anchors === undefined ? [] : await keptIn(anchors);
  if (rpc === undefined) return kept;
  // Taken from the export, it would be whoever wrote the export that says whom to ask about.
  if (treasury === undefined)
    throw new BadInput("--rpc needs --treasury: the wallet that you know to be the platform's");
  return [...kept, ...(await memosOnChain(rpc, treasury))];
}
