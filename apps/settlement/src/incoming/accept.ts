/** One transfer to the treasury becomes facts: seen once on its own stream, credited once to the rental it pays. */

import { match, type Match } from '@tokenos/domain/payment/match';
import type { PaymentSeen } from '@tokenos/domain/payment/payment';
import { usdc } from '@tokenos/domain/money';
import type { Millis } from '@tokenos/domain/time';
import type { IncomingTransfer } from '../chain/port.js';
import type { Parts } from '../parts.js';
import { payments, rentals } from '../streams.js';
import { canExtend } from './extension.js';

/**
 * Safe to repeat from any point: a duty that dies in here runs again, and finds what it has done. A transfer that vanished and
 * landed again is credited again.
 */
export async function accept(parts: Parts, transfer: IncomingTransfer): Promise<void> {
  const { signature } = transfer;
  const { state } = await parts.act.load(payments, signature);
  if (state.status === 'absent') {
    const seen = await assign(parts, transfer);
    await parts.act.handle(payments, signature, () => ({ type: 'SeePayment', seen }));
  }
  await credit(parts, signature);
}

async function credit({ act, signals }: Parts, signature: string): Promise<void> {
  const { state } = await act.load(payments, signature);
  if (state.status !== 'assigned' || state.seen.assignedTo === null) return;
  const { amount, payers, blockTime, slot, genesisHash, assignedTo, extensionId } = state.seen;
  const payer = payers[0]?.wallet;
  if (payer === undefined) throw new Error(`payment ${signature} is assigned but names no payer`);
  const found = { signature, amountMicroUsdc: usdc(amount), payer, blockTime, slot, genesisHash };
  const payment = { ...found, ...(extensionId !== undefined && { extensionId }) };
  const credited = await act.handle(rentals, assignedTo, () => ({ type: 'RecordPayment', payment }));
  if (credited.kind !== 'rejected') return;
  signals.alarm('payment_not_credited', { signature, rentalId: assignedTo, code: credited.rejection.code });
}

async function assign(parts: Parts, transfer: IncomingTransfer): Promise<PaymentSeen> {
  const { signature, mint, amount, payers, references, memo, slot, genesisHash, refusal } = transfer;
  // The chain keeps wall time; the platform's may be scaled.
  const blockTime = parts.clock.fromWall(transfer.blockTime);
  const matched: Match =
    refusal === null ? await matchQuotes(parts, transfer, blockTime) : { assignedTo: null, why: refusal };
  const assigned = await unlessClosed(parts, matched, blockTime);
  return { signature, mint, amount, payers, references, memo, slot, blockTime, genesisHash, ...assigned };
}

async function matchQuotes(parts: Parts, transfer: IncomingTransfer, blockTime: Millis): Promise<Match> {
  const { quotes, catchUp, chain } = parts;
  const meant = { ...transfer, blockTime };
  const known = await quotes.meantBy(meant);
  const named = known.some(({ reference }) => transfer.references.includes(reference));
  if (named) return match(transfer, chain.mint, known);
  // The quote it means may be so new that this view has not heard of it: without its name, nothing is decided before the
  // view holds all that the store does, or it could be called unknown, or taken for another of the same amount.
  await catchUp();
  return match(transfer, chain.mint, await quotes.meantBy(meant));
}

/** What would extend a rental, but cannot any more, is not held until that rental ends: it goes back by itself, and soon. */
async function unlessClosed({ act }: Parts, matched: Match, blockTime: Millis): Promise<Match> {
  if (matched.assignedTo === null || matched.extensionId === undefined) return matched;
  const { state } = await act.load(rentals, matched.assignedTo);
  return canExtend(state, matched.extensionId, blockTime) ? matched : { assignedTo: null, why: 'extension_closed' };
}
