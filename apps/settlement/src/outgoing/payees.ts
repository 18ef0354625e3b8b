/** Who of a plan waits: payees that cannot be paid now, and those for whom one transaction has no room. Everyone else is paid. */

import type { Outcome } from '@tokenos/domain/decider';
import type { PaymentFact } from '@tokenos/domain/payment/payment';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import { MOST_TRANSFERS } from '../chain/plan-transaction.js';
import type { Parts } from '../parts.js';

export interface Waiting {
  /** Frozen, or without a token account: until their owners change that. */
  readonly blocked: readonly string[];
  /** Paid in the plan after this one. */
  readonly queued: readonly string[];
}

/** `draft`: what the decider would plan if nobody had to wait. */
export async function whoWaits({ chain, signals }: Parts, draft: Outcome<RentalFact | PaymentFact>): Promise<Waiting> {
  const blocked: string[] = [];
  const queued: string[] = [];
  let room = MOST_TRANSFERS;
  for (const [wallet, transfers] of payeesOf(draft)) {
    if (transfers > room) {
      queued.push(wallet);
      continue;
    }
    const problem = await chain.payeeProblem(wallet);
    if (problem === null) room -= transfers;
    else {
      signals.alarm('payee_parked', { wallet, problem });
      blocked.push(wallet);
    }
  }
  return { blocked, queued };
}

/** How many transfers each wallet gets: an operator that rents from itself gets two. */
function payeesOf(draft: Outcome<RentalFact | PaymentFact>): Map<string, number> {
  const payees = new Map<string, number>();
  for (const fact of draft.kind === 'accepted' ? draft.facts : []) {
    if (fact.type !== 'SettlementPlanned') continue;
    for (const { to } of fact.data.transfers) payees.set(to, (payees.get(to) ?? 0) + 1);
  }
  return payees;
}
