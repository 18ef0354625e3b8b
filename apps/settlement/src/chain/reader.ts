/** Questions to the chain that several parts ask, one RPC call or two each. */

import type { Millis } from '@tokenos/domain/time';
import { analyse, type Treasury } from './analyse.js';
import { ChainUnavailable, type FinalizedHead, type IncomingTransfer, type NotOurs } from './port.js';
import type { Rpc } from './rpc.js';
import * as wire from './wire.js';

export const finalizedHead = async (rpc: Rpc): Promise<FinalizedHead> => {
  // Height before slot: whatever is final by this height is final by this slot.
  const blockHeight = await rpc(wire.slotAnswer, 'getBlockHeight', { commitment: 'finalized' });
  const slot = await rpc(wire.slotAnswer, 'getSlot', { commitment: 'finalized' });
  const seconds = await rpc(wire.blockTimeAnswer, 'getBlockTime', slot);
  return { slot, blockHeight, blockTime: seconds === null ? null : seconds * 1000 };
};

export const genesisHash = (rpc: Rpc): Promise<string> => rpc(wire.textAnswer, 'getGenesisHash');

/** Of one signature, with the slot as of which this node answers; null where it has no trace of it. */
export async function signatureStatus(rpc: Rpc, signature: string) {
  const history = { searchTransactionHistory: true };
  const { context, value } = await rpc(wire.statusesAnswer, 'getSignatureStatuses', [signature], history);
  return { asOfSlot: context.slot, status: value[0] ?? null };
}

export async function blockTime(rpc: Rpc, slot: number): Promise<Millis> {
  const seconds = await rpc(wire.blockTimeAnswer, 'getBlockTime', slot);
  if (seconds === null) throw new ChainUnavailable(`block ${slot} has no time yet`);
  return seconds * 1000;
}

/** Null while the transaction is not confirmed. */
export async function readTransfer(
  rpc: Rpc,
  treasury: Treasury,
  chain: string,
  signature: string,
): Promise<IncomingTransfer | NotOurs | null> {
  // Version 1 transactions exist since September 2026: a reader that does not name them is refused an answer.
  const options = { encoding: 'jsonParsed', commitment: 'confirmed', maxSupportedTransactionVersion: 1 };
  const answer = await rpc(wire.transactionAnswer.nullable(), 'getTransaction', signature, options);
  if (answer === null) return null;
  // One source of block times, whichever way a payment was found: Surfpool's other two differ from it and from each other.
  return analyse(answer, treasury, { blockTime: await blockTime(rpc, answer.slot), genesisHash: chain });
}
