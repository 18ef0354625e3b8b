/** Where an operator's payouts go now, and what is on its way, told to its owner. Pure. */

import type { WalletAnswer } from '@tokenos/contracts/api/operator';
import { type OperatorState, walletAt } from '@tokenos/domain/operator/operator';
import type { Millis } from '@tokenos/domain/time';
import { refusal } from '../problem/problem.js';

/** Throws `operator_absent`. */
export function walletOf(state: OperatorState, now: Millis): WalletAnswer {
  if (state.status === 'absent') throw refusal({ code: 'operator_absent', context: {} });
  const { operatorId, change } = state;
  const payoutWallet = walletAt(state, now);
  if (change === null || now >= change.effectiveAt) return { operatorId, payoutWallet, change: null };
  const effectiveAt = new Date(change.effectiveAt).toISOString();
  const notice = `Payouts of rentals that are settled before ${effectiveAt} still go to ${payoutWallet}. If it was not you who changed this, your token is in other hands.`;
  return { operatorId, payoutWallet, change: { payoutWallet: change.wallet, effectiveAt, notice } };
}
