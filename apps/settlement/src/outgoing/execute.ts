/** Carries out one recorded plan: sign, record, send, watch it land. Dull and safe to repeat from any point. */

import { openPlan, type Plan, type PlanCommand } from '@tokenos/domain/settlement/plan';
import type { PlanOutcome } from '../chain/port.js';
import { PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';

/**
 * `next`: the plan moved on, read it again. `wait`: nothing to do before that many wall milliseconds have passed.
 * `contradicted`: the chain says what this plan cannot be, by the code of the refusal; never guess, and never sign again.
 */
export type Step =
  | { readonly kind: 'next' }
  | { readonly kind: 'wait'; readonly forMs: number }
  | { readonly kind: 'contradicted'; readonly code: string };

const next: Step = { kind: 'next' };
const wait = (forMs: number): Step => ({ kind: 'wait', forMs });

export type OpenPlan = Extract<Plan, { status: 'planned' | 'signed' | 'confirmed' }>;

/** The plan to carry on with before anything new is planned. */
export function underWay(plans: readonly Plan[]): OpenPlan | null {
  const plan = openPlan(plans);
  return plan === null || plan.status === 'finalized' || plan.status === 'failed' ? null : plan;
}

/** Appends to the stream the plan lies on. */
export type Append = (
  command: PlanCommand,
) => Promise<{ kind: 'accepted' | 'ignored' } | { kind: 'rejected'; rejection: { code: string } }>;

export async function executePlan(parts: Parts, plan: OpenPlan, record: Append): Promise<Step> {
  const { chain, clock, signals } = parts;
  const { planId, transfers } = plan.planned;

  async function note(command: PlanCommand, then: Step): Promise<Step> {
    const noted = await record(command);
    if (noted.kind !== 'rejected') return then;
    const { code } = noted.rejection;
    signals.alarm('settlement_contradicted', { planId, command: command.type, code });
    return { kind: 'contradicted', code };
  }

  if (plan.status === 'planned') {
    const signed = await chain.sign({ planId, transfers });
    return note({ type: 'SignPlan', signed: { planId, ...signed } }, next);
  }
  const { signature } = plan.signed;
  const outcome = await chain.outcome(plan.signed);
  switch (outcome.kind) {
    case 'pending':
      // These bytes and no others, again and again: a signature lands once.
      await chain.send(plan.signed);
      return wait(PAUSE.landing);
    case 'confirmed':
      if (plan.status === 'confirmed') return wait(PAUSE.finality);
      return note({ type: 'ConfirmPlan', confirmed: { planId, signature, ...landed(outcome, clock) } }, next);
    case 'finalized':
      return note({ type: 'FinalizePlan', finalized: { planId, signature, ...landed(outcome, clock) } }, next);
    case 'failed':
      signals.alarm('settlement_failed', { planId, signature, error: outcome.error });
      return note({ type: 'FailPlan', failed: { planId, signature, error: outcome.error } }, wait(PAUSE.failed));
    case 'expired': {
      const { finalizedBlockHeight } = outcome;
      return note({ type: 'ExpirePlan', expired: { planId, signature, finalizedBlockHeight } }, next);
    }
    case 'history_gone':
      // Signed again, a plan that did land would be paid twice: only a node that remembers can tell.
      signals.alarm('settlement_history_gone', { planId, signature, firstBlockHeight: outcome.firstBlockHeight });
      return wait(PAUSE.stuck);
    case 'other_chain':
      signals.alarm('settlement_on_another_chain', { planId, signature, genesisHash: outcome.genesisHash });
      return wait(PAUSE.stuck);
  }
}

type Landed = Extract<PlanOutcome, { kind: 'confirmed' | 'finalized' }>;

const landed = ({ slot, blockTime }: Landed, clock: Parts['clock']) => ({ slot, blockTime: clock.fromWall(blockTime) });
