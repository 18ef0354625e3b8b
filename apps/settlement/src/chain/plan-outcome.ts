/** What became of a signed plan: statuses only, and `expired` only where nothing else is possible any more. */

import type { PlanOutcome, SignedPlan } from './port.js';
import { blockTime, finalizedHead, genesisHash, signatureStatus } from './reader.js';
import type { Rpc } from './rpc.js';
import { blockAnswer, BLOCKHASH_LIFE, slotAnswer } from './wire.js';

export async function planOutcome(rpc: Rpc, signed: SignedPlan): Promise<PlanOutcome> {
  const chain = await genesisHash(rpc);
  if (chain !== signed.genesisHash) return { kind: 'other_chain', genesisHash: chain };
  // The height before the search: had it landed by then, a search after that finds it.
  const head = await finalizedHead(rpc);
  const { asOfSlot, status } = await signatureStatus(rpc, signed.signature);
  if (status === null) {
    // An answer from a node that is not as far as the head says nothing.
    const searchedAll = head.blockHeight > signed.lastValidBlockHeight && asOfSlot >= head.slot;
    if (!searchedAll) return { kind: 'pending' };
    // Asked after the search: blocks that a node still has now, it had then.
    const firstBlockHeight = await heightOfFirstBlock(rpc);
    return firstBlockHeight !== null && firstBlockHeight <= Math.max(0, signed.lastValidBlockHeight - BLOCKHASH_LIFE)
      ? { kind: 'expired', finalizedBlockHeight: head.blockHeight }
      : { kind: 'history_gone', firstBlockHeight };
  }
  const { slot, err, confirmationStatus } = status;
  if (err !== null) {
    // Until it is final another fork could still let these bytes succeed.
    return confirmationStatus === 'finalized'
      ? { kind: 'failed', slot, error: JSON.stringify(err) }
      : { kind: 'pending' };
  }
  if (confirmationStatus !== 'confirmed' && confirmationStatus !== 'finalized') return { kind: 'pending' };
  return { kind: confirmationStatus, slot, blockTime: await blockTime(rpc, slot) };
}

/** Height of the oldest block that this node still has; null where it cannot tell. */
async function heightOfFirstBlock(rpc: Rpc): Promise<number | null> {
  const slot = await rpc(slotAnswer, 'getFirstAvailableBlock');
  if (slot === 0) return 0;
  const options = {
    transactionDetails: 'none',
    rewards: false,
    commitment: 'finalized',
    maxSupportedTransactionVersion: 1,
  };
  const block = await rpc(blockAnswer, 'getBlock', slot, options);
  return block?.blockHeight ?? null;
}
