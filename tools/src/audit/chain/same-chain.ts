/** Before anything is compared: these facts are of this chain, and this node has all of it that matters. */

import type { NoteAt } from '@tokenos/audit/here';
import { BadInput } from '../exit.js';
import type { ChainBook } from './book.js';
import type { Ledger } from './ledger.js';

/** The genesis hash. A fact that stands on another chain, among others of this one, is a finding. Throws BadInput where they are no pair. */
export async function sameChain(book: ChainBook, ledger: Ledger, noteAt: NoteAt): Promise<string> {
  const genesisHash = await ledger.genesisHash();
  const { chains } = book;
  assertAmong(chains, genesisHash);
  for (const [other, { stream, revision }] of chains) {
    if (other !== genesisHash) noteAt(stream, revision).compare('chain', 'the chain it stands on', genesisHash, other);
  }
  const [first, available] = [book.firstSlot(), await ledger.firstSlot()];
  if (first !== null && first < available) {
    throw new BadInput(
      `the facts go back to slot ${first}, this RPC node only to ${available}: ask one with all history`,
    );
  }
  return genesisHash;
}

/** `chains`: by genesis hash, those that facts say they stand on. Throws BadInput where the node's is none of them. */
export function assertAmong(chains: { keys(): Iterable<string> }, genesisHash: string): void {
  const named = [...chains.keys()];
  if (named.length === 0 || named.includes(genesisHash)) return;
  throw new BadInput(`the facts stand on chain ${named.join(', ')}, and this RPC node is of ${genesisHash}`);
}
