/** Gives back a transfer that nobody was waiting for: whole, to whoever sent it, by itself. */

import { paymentDecider, type PaymentState } from '@tokenos/domain/payment/payment';
import { HOUR } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { fateOf } from '../incoming/after.js';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { payments } from '../streams.js';
import { executePlan, underWay } from './execute.js';
import { whoWaits } from './payees.js';

type Seen = Exclude<PaymentState, { status: 'absent' }>;

export async function returnPayment(parts: Parts, { key: signature }: Duty): Promise<DutyOutcome> {
  const { act, clock, returnUnmatchedAfter } = parts;
  for (;;) {
    const { state } = await act.load(payments, signature);
    if (state.status !== 'unmatched') return 'done';
    // What would have made a rental longer has nobody to wait for.
    const wait = state.seen.why === 'extension_closed' ? 0 : returnUnmatchedAfter;
    const kept = state.seen.blockTime + wait;
    if (clock.now() < kept) return { again: kept };
    const plan = underWay(state.plans);
    if (plan === null) {
      const outcome = await planOrClose(parts, signature, state);
      if (outcome === 'planned') continue;
      return outcome;
    }
    const step = await executePlan(parts, plan, (command) => act.handle(payments, signature, () => command));
    if (step.kind === 'wait') return askAgain(clock, step.forMs);
    if (step.kind === 'contradicted') return askAgain(clock, PAUSE.stuck);
  }
}

async function planOrClose(parts: Parts, signature: string, state: Seen): Promise<DutyOutcome | 'planned'> {
  const { act, clock, ids, signals } = parts;
  // Outgoing money uses finalized payments only.
  const fate = await fateOf(parts, state.seen);
  if (fate.kind === 'pending') return fate.outcome;
  if (fate.kind === 'vanished') {
    // There is nothing to give back, unless it lands again: asked now and then, for as long as it is not known to be final.
    signals.alarm('payment_vanished', { signature });
    return askAgain(clock, PAUSE.stuck);
  }
  const planning = { type: 'PlanReturn' as const, planId: ids.next() };
  const draft = (parkedWallets: readonly string[]) => paymentDecider.decide(state, { ...planning, parkedWallets });
  const parkedWallets = await whoWaits(parts, draft);
  const planned = await act.handle(payments, signature, () => ({ ...planning, parkedWallets }));
  if (planned.kind === 'accepted') return 'planned';
  if (planned.kind === 'rejected') {
    // Another mint, or nobody can tell who paid: it stays recorded and in the treasury until its owner claims it.
    signals.alarm('payment_unclaimed', { signature, why: state.seen.why });
    return 'done';
  }
  if (parkedWallets.length > 0) return { again: clock.now() + HOUR };
  await act.handle(payments, signature, () => ({ type: 'CloseReturn' }));
  return 'done';
}
