/** `audit export`: facts and evidence from a gateway into one file, which a broken download or a later day goes on with. */

import { createReadStream, createWriteStream } from 'node:fs';
import { stat, truncate } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Command } from 'commander';
import { give, type Answer } from './answer.js';
import { BadInput, EXIT } from './exit.js';
import { download, type Gateway } from './gateway/download.js';
import { gatewayUrl, kinds } from './gateway/source.js';
import { readToken } from './gateway/token.js';
import { progress } from './progress.js';
import { wholeLines } from './reading/lines.js';
import { withRemote } from './reading/open-export.js';
import { ExportReader, type ExportSummary } from './reading/read-export.js';

export interface ExportOptions {
  readonly out: string;
  readonly evidence: boolean;
  /** Absent: on a terminal only. */
  readonly progress?: boolean;
}

const EXAMPLES = `
Exit code: 0 the file is whole, 2 bad input, 3 the network failed: run it again, and it goes on where it stopped.

Examples:
  $ audit export https://gateway.example --token-file token.txt --out export.ndjson
  $ AUDIT_TOKEN=... audit export http://127.0.0.1:7070 --out export.ndjson && audit verify export.ndjson
`;

export function addExport(program: Command): void {
  const command = program
    .command('export')
    .description(
      'download all facts, and the evidence behind them, into a file; the same file again is brought up to date',
    )
    .argument('<url>', 'the address of a gateway')
    .requiredOption('-o, --out <file>', 'where to; what it holds already is kept')
    .option('--json', 'print one JSON object instead of text', false)
    .option('--progress', 'say on standard error how far it is, also where that is no terminal')
    .addHelpText('after', EXAMPLES);
  withRemote(command).action(
    (url: string, options: ExportOptions & { readonly tokenFile?: string; readonly json: boolean }) =>
      give(
        async () => exportFrom({ url: gatewayUrl(url), token: await readToken(options.tokenFile) }, options),
        options,
      ),
  );
}

/**
 * Throws BadInput where the file is no export or cannot be written, and Unreachable where the download broke off; in any case
 * the file stays a good beginning.
 */
export async function exportFrom(gateway: Gateway, options: ExportOptions): Promise<Answer> {
  // Standard output is where the answer goes.
  if (options.out === '-') throw new BadInput('--out is a file: a gateway can be verified without one, by its address');
  return exportInto(gateway, options).catch((error: unknown) => {
    throw isOfFiles(error) ? new BadInput(`${options.out} cannot be written: ${error.message}`) : error;
  });
}

/** A disk that is full, a folder that is not there: no fault of the program. */
const isOfFiles = (error: unknown): error is NodeJS.ErrnoException =>
  typeof error === 'object' && error !== null && 'syscall' in error;

async function exportInto(gateway: Gateway, { out, evidence, progress: asked }: ExportOptions): Promise<Answer> {
  const shown = progress({ shown: asked ?? null, share: () => null });
  const hearer = { fact: () => shown.tick() };
  const reader = new ExportReader(out, hearer, { partial: false });
  const kept = await keepWhole(out, reader);
  try {
    await pipeline(
      Readable.from(lines(gateway, evidence, reader)),
      createWriteStream(out, { flags: 'a', flush: true }),
    );
  } finally {
    shown.end();
  }
  const summary = reader.finish();
  return { exitCode: EXIT.clean, text: inWords(out, summary, kept), json: { out, kept, ...summary } };
}

async function* lines(gateway: Gateway, evidence: boolean, reader: ExportReader): AsyncGenerator<string> {
  for (const kind of kinds(evidence)) {
    for await (const line of download(gateway, kind, reader.positionOf(kind))) {
      reader.hear(line);
      yield line;
    }
  }
}

/** Lets the reader hear what the file has, and cuts off a line that a broken download left half. Answers how many bytes remain. */
async function keepWhole(file: string, reader: ExportReader): Promise<number> {
  const before = await stat(file).catch(() => null);
  if (before === null) return 0;
  if (!before.isFile()) throw new BadInput(`${file} is no file`);
  let kept = 0;
  for await (const line of wholeLines(createReadStream(file) as AsyncIterable<Buffer>, file)) {
    reader.hear(line);
    kept += Buffer.byteLength(line);
  }
  if (before.size > 0 && !reader.isExport)
    throw new BadInput(`${file} is there already, and is no export to go on with`);
  if (kept < before.size) await truncate(file, kept);
  return kept;
}

const inWords = (out: string, { facts, evidence }: ExportSummary, kept: number): string =>
  `${out}: ${facts} facts${evidence === null ? '' : ` and ${evidence} pieces of evidence`}${kept === 0 ? '' : `, of which ${kept} bytes were there before`}.\n`;
