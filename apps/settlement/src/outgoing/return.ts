/** Gives back a transfer that nobody was waiting for: whole, to whoever sent it, by itself. */

import { paymentDecider } from '@tokenos/domain/payment/payment';
import { openPlan } from '@tokenos/domain/settlement/plan';
import { HOUR, SECOND } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { payments } from '../streams.js';
import { executePlan } from './execute.js';
import { parkedWallets } from './payees.js';

export async function returnPayment(parts: Parts, { key: signature }: Duty): Promise<DutyOutcome> {
  const { act, clock, ids, chain } = parts;
  for (;;) {
    const { state } = await act.load(payments, signature);
    if (state.status !== 'unmatched') return 'done';
    const kept = state.seen.blockTime + parts.returnUnmatchedAfter;
    if (clock.now() < kept) return { again: kept };
    const plan = openPlan(state.plans);
    if (plan !== null && plan.status !== 'finalized' && plan.status !== 'failed') {
      const step = await executePlan(parts, plan, (command) => act.handle(payments, signature, () => command));
      if (step.kind === 'wait') return { again: clock.now() + step.forMs };
      continue;
    }
    // Outgoing money uses finalized payments only.
    const [status] = await chain.finality([signature]);
    if (status !== 'finalized') return { again: clock.now() + SECOND };
    const planId = ids.next();
    const draft = paymentDecider.decide(state, { type: 'PlanReturn', planId, parkedWallets: [] });
    const parked = await parkedWallets(parts, draft);
    const planned = await act.handle(payments, signature, () => ({
      type: 'PlanReturn',
      planId,
      parkedWallets: parked,
    }));
    if (planned.kind === 'accepted') continue;
    // It cannot go back by itself (another mint, unclear payers): it stays recorded and in the treasury until claimed.
    if (planned.kind === 'rejected') return 'done';
    await act.handle(payments, signature, () => ({ type: 'CloseReturn' }));
    return parked.length > 0 ? { again: clock.now() + HOUR } : 'done';
  }
}
