/** The auditor's token: from a file or the environment, never from the command line, where every process could read it. */

import { readFile } from 'node:fs/promises';
import { BadInput } from '../exit.js';

/** `file` absent: AUDIT_TOKEN. Throws BadInput where there is none; its words never hold what was found. */
export async function readToken(file: string | undefined, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const text = file === undefined ? env['AUDIT_TOKEN'] : await readFile(file, 'utf8').catch(() => undefined);
  const from = file ?? 'AUDIT_TOKEN';
  if (text === undefined && file !== undefined) throw new BadInput(`the token file ${file} cannot be read`);
  if (text === undefined)
    throw new BadInput('a token of the auditor role is needed: --token-file <file>, or AUDIT_TOKEN');
  const token = text.trim();
  if (!/^[\x21-\x7e]+$/.test(token)) throw new BadInput(`${from} holds no token`);
  return token;
}
