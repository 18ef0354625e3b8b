/** Carries out one recorded plan: sign, record, send, watch it land. Dull and safe to repeat from any point. */

import type { Plan, PlanCommand } from '@tokenos/domain/settlement/plan';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import type { PlanOutcome } from '../chain/port.js';
import type { Parts } from '../parts.js';

/** How soon to look again at a transaction under way. */
const LANDING: Millis = SECOND / 2;
/** For what only a person can resolve. */
const STUCK: Millis = 5 * MINUTE;

/** `next`: the plan moved on, read it again. `wait`: nothing to do before that many milliseconds have passed. */
export type Step = { readonly kind: 'next' } | { readonly kind: 'wait'; readonly forMs: Millis };

const next: Step = { kind: 'next' };
const wait = (forMs: Millis): Step => ({ kind: 'wait', forMs });

type OpenPlan = Extract<Plan, { status: 'planned' | 'signed' | 'confirmed' }>;

/** `record` appends to the stream the plan lies on. */
export async function executePlan(
  { chain, signals, clock }: Parts,
  plan: OpenPlan,
  record: (command: PlanCommand) => Promise<unknown>,
): Promise<Step> {
  const { planId, transfers } = plan.planned;
  if (plan.status === 'planned') {
    const signed = await chain.sign({ planId, transfers });
    await record({ type: 'SignPlan', signed: { planId, ...signed } });
    return next;
  }
  const { signed } = plan;
  if (plan.status === 'signed') await chain.send(signed);
  const outcome = await chain.outcome(signed);
  const { signature } = signed;
  switch (outcome.kind) {
    case 'pending':
      return wait(LANDING);
    case 'confirmed':
      await record({ type: 'ConfirmPlan', confirmed: { planId, signature, ...landed(outcome, clock) } });
      return wait(SECOND);
    case 'finalized':
      await record({ type: 'FinalizePlan', finalized: { planId, signature, ...landed(outcome, clock) } });
      return next;
    case 'failed':
      await record({ type: 'FailPlan', failed: { planId, signature, error: outcome.error } });
      signals.alarm('settlement_failed', { planId, signature, error: outcome.error });
      return wait(MINUTE);
    case 'expired': {
      const { finalizedBlockHeight } = outcome;
      await record({ type: 'ExpirePlan', expired: { planId, signature, finalizedBlockHeight } });
      return next;
    }
    case 'other_chain':
      signals.alarm('settlement_on_another_chain', { planId, signature, genesisHash: outcome.genesisHash });
      return wait(STUCK);
  }
}

type Landed = Extract<PlanOutcome, { kind: 'confirmed' | 'finalized' }>;

const landed = ({ slot, blockTime }: Landed, clock: Parts['clock']) => ({ slot, blockTime: clock.fromWall(blockTime) });
