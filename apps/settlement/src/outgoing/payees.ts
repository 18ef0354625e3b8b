/** Who of a plan waits: payees that cannot be paid now. Everyone else is paid. */

import type { Outcome } from '@tokenos/domain/decider';
import type { PaymentFact } from '@tokenos/domain/payment/payment';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { Parts } from '../parts.js';

/** What the decider would plan if these wallets had to wait. */
export type Draft = (parkedWallets: readonly string[]) => Outcome<RentalFact | PaymentFact>;

/**
 * The wallets that wait: no token account, a frozen one, or no key at all. Those who move up into the room they leave are asked
 * for as well, so that every payee of the plan has been.
 */
export async function whoWaits({ chain, signals }: Parts, draft: Draft): Promise<readonly string[]> {
  const asked = new Set<string>();
  const blocked: string[] = [];
  for (;;) {
    const news = payeesOf(draft(blocked)).filter((wallet) => !asked.has(wallet));
    if (news.length === 0) return blocked;
    for (const wallet of news) {
      asked.add(wallet);
      const problem = await chain.payeeProblem(wallet);
      if (problem === null) continue;
      signals.alarm('payee_parked', { wallet, problem });
      blocked.push(wallet);
    }
  }
}

/** Each wallet once: an operator that rents from itself gets two transfers. */
function payeesOf(draft: Outcome<RentalFact | PaymentFact>): string[] {
  const payees = new Set<string>();
  for (const fact of draft.kind === 'accepted' ? draft.facts : []) {
    if (fact.type !== 'SettlementPlanned') continue;
    for (const { to } of fact.data.transfers) payees.add(to);
  }
  return [...payees];
}
