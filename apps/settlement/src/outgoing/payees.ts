/** Which payees cannot be paid now: frozen, or without a token account. Their part waits, everyone else is paid. */

import type { Outcome } from '@tokenos/domain/decider';
import type { Parts } from '../parts.js';

interface Planning {
  readonly type: string;
  readonly data: unknown;
}

/** `draft`: what the decider would plan if nobody were parked. */
export async function parkedWallets({ chain, signals }: Parts, draft: Outcome<Planning>): Promise<string[]> {
  const parked: string[] = [];
  for (const wallet of payeesOf(draft)) {
    const problem = await chain.payeeProblem(wallet);
    if (problem === null) continue;
    signals.alarm('payee_parked', { wallet, problem });
    parked.push(wallet);
  }
  return parked;
}

function payeesOf(draft: Outcome<Planning>): string[] {
  if (draft.kind !== 'accepted') return [];
  return draft.facts.flatMap((fact) =>
    fact.type === 'SettlementPlanned'
      ? (fact.data as { transfers: readonly { to: string }[] }).transfers.map((transfer) => transfer.to)
      : [],
  );
}
