/** What every command that reads an export takes: a file, standard input, or a gateway with a token. */

import type { Command } from 'commander';
import { BadInput } from '../exit.js';
import { gatewaySource, gatewayUrl, isUrl } from '../gateway/source.js';
import { readToken } from '../gateway/token.js';
import { openFile, type Source } from './source.js';

export interface RemoteOptions {
  readonly tokenFile?: string;
  /** Of a gateway: its evidence too, unless said otherwise. */
  readonly evidence?: boolean;
}

export const WHERE = 'a file (also gzipped), - for standard input, or the address of a gateway';

export const withRemote = (command: Command): Command =>
  command
    .option('--token-file <file>', "holds the auditor's token for a gateway; AUDIT_TOKEN unless said")
    .option('--no-evidence', 'ask a gateway for facts only');

/** Throws BadInput where there is nothing to read from. */
export async function openExport(where: string, { tokenFile, evidence = true }: RemoteOptions): Promise<Source> {
  if (isUrl(where)) return gatewaySource({ url: gatewayUrl(where), token: await readToken(tokenFile) }, evidence);
  if (tokenFile !== undefined) throw new BadInput('--token-file is for a gateway, and this is a file');
  return openFile(where);
}
