/** Every anchor that the treasury ever signed, read from a Solana node: also those that an export no longer knows of. */

import type { Kept } from '@tokenos/audit/anchors/against';
import { memosIn } from '@tokenos/audit/anchors/memo';
import { z } from 'zod';
import { BadInput, Unreachable } from '../exit.js';
import { causeOf, fetchPatiently } from '../patience.js';

const MEMO_PROGRAM = 'MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr';
/** The most that a node lists at once. */
const PAGE = 1_000;
const AT_ONCE = 8;

const signatures = z.array(z.object({ signature: z.string(), err: z.unknown(), memo: z.string().nullish() }));
const transaction = z.object({
  meta: z.object({ err: z.unknown() }),
  transaction: z.object({
    message: z.object({
      accountKeys: z.array(z.object({ pubkey: z.string(), signer: z.boolean() })),
      instructions: z.array(z.object({ programId: z.string(), parsed: z.unknown().optional() })),
    }),
  }),
});

const WALLET = /^[1-9A-HJ-NP-Za-km-z]{32,44}$/;

/** Which chain the node is of: the hash of its first block. Throws Unreachable. */
export const genesisOf = (rpcUrl: string): Promise<string> => ask(rpcUrl, z.string(), 'getGenesisHash', []);

/** Finalized ones only. Throws BadInput for an address that is none, Unreachable where the node does not answer to the end. */
export async function memosOnChain(rpcUrl: string, treasury: string): Promise<readonly Kept[]> {
  // Not repeated: it may hold a key.
  if (!URL.canParse(rpcUrl)) throw new BadInput('--rpc is no address of a Solana node');
  if (!WALLET.test(treasury)) throw new BadInput(`--treasury ${treasury} is no wallet`);
  const candidates: string[] = [];
  for (let before: string | undefined; ;) {
    const page = await ask(rpcUrl, signatures, 'getSignaturesForAddress', [
      treasury,
      { commitment: 'finalized', limit: PAGE, ...(before !== undefined && { before }) },
    ]);
    for (const { signature, err, memo } of page) {
      // A node that says no memo at all may not keep them: then the transaction has to.
      if (err === null && (memo == null || memosIn(memo).length > 0)) candidates.push(signature);
    }
    before = page.at(-1)?.signature;
    if (page.length < PAGE) break;
  }
  const found: Kept[] = [];
  for (let from = 0; from < candidates.length; from += AT_ONCE) {
    const batch = candidates.slice(from, from + AT_ONCE).map((signature) => read(rpcUrl, treasury, signature));
    found.push(...(await Promise.all(batch)).flat());
  }
  return found;
}

/** Anybody can name the treasury in a transaction with any memo: only its own signature makes one an anchor. */
async function read(rpcUrl: string, treasury: string, signature: string): Promise<readonly Kept[]> {
  const options = { encoding: 'jsonParsed', commitment: 'finalized', maxSupportedTransactionVersion: 1 };
  const answer = await ask(rpcUrl, transaction.nullable(), 'getTransaction', [signature, options]);
  if (answer === null) throw new Unreachable(`the node lists ${signature} and does not have it`);
  const { accountKeys, instructions } = answer.transaction.message;
  if (answer.meta.err !== null || !accountKeys.some(({ pubkey, signer }) => signer && pubkey === treasury)) return [];
  return instructions.flatMap(({ programId, parsed }) =>
    programId === MEMO_PROGRAM && typeof parsed === 'string'
      ? memosIn(parsed).map((anchored) => ({ ...anchored, source: `transaction ${signature}`, signature }))
      : [],
  );
}

async function ask<T>(url: string, answer: z.ZodType<T>, method: string, params: readonly unknown[]): Promise<T> {
  try {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    const headers = { 'content-type': 'application/json' };
    const response = await fetchPatiently('the Solana node', url, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const { result, error } = (await response.json()) as { result?: unknown; error?: { message?: unknown } };
    if (error !== undefined) throw new Error(String(error.message));
    return answer.parse(result);
  } catch (cause) {
    if (cause instanceof Unreachable) throw cause;
    throw new Unreachable(`the Solana node, asked for ${method}: ${causeOf(cause)}`);
  }
}
