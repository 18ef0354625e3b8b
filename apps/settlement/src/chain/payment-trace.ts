/** What became of a payment that was seen once: final, on its way, or gone for good; and "gone" only where nothing else is possible any more. */

import type { PaymentTrace, SeenPayment } from './port.js';
import { finalizedHead, genesisHash, signatureStatus } from './reader.js';
import type { Rpc } from './rpc.js';
import { BLOCKHASH_LIFE, slotAnswer, slotsAnswer } from './wire.js';

/**
 * It named a blockhash older than the block it was seen in. Once more final blocks than a blockhash lives have followed that
 * slot, no block can take it any more, on whichever fork it was seen.
 */
export async function paymentTrace(
  rpc: Rpc,
  { signature, slot, genesisHash: seenOn }: SeenPayment,
): Promise<PaymentTrace> {
  const chain = await genesisHash(rpc);
  if (chain !== seenOn) return { kind: 'other_chain', genesisHash: chain };
  // What is final before the search: had it landed by then, a search after that finds it.
  const head = await finalizedHead(rpc);
  const outlived = await hasOutlivedItsBlockhash(rpc, slot);
  const { asOfSlot, status } = await signatureStatus(rpc, signature);
  if (status !== null) {
    if (status.confirmationStatus !== 'finalized') return { kind: 'on_its_way' };
    return { kind: status.err === null ? 'finalized' : 'failed' };
  }
  // An answer from a node that is not as far as the head says nothing.
  if (!outlived || asOfSlot < head.slot) return { kind: 'on_its_way' };
  // Asked after the search: blocks that a node still has now, it had then.
  const firstSlot = await rpc(slotAnswer, 'getFirstAvailableBlock');
  return firstSlot <= slot ? { kind: 'gone' } : { kind: 'history_gone', firstSlot };
}

async function hasOutlivedItsBlockhash(rpc: Rpc, slot: number): Promise<boolean> {
  const enough = BLOCKHASH_LIFE + 1;
  const after = await rpc(slotsAnswer, 'getBlocksWithLimit', slot + 1, enough, { commitment: 'finalized' });
  return after.length >= enough;
}
