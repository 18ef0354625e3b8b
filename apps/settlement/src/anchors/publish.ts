/** Carries one day's anchor to the chain: count, sign, record, send, watch it land. Dull and safe to repeat from any point. */

import type { AnchorCommand, AnchorState } from '@tokenos/domain/anchor/anchor';
import { daysBetween, type Day } from '@tokenos/domain/day';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { askAgain, PAUSE } from '../pace.js';
import type { Parts } from '../parts.js';
import { anchors } from '../streams.js';
import { count } from './count.js';

type Step = DutyOutcome | 'next';

export async function publishAnchor(parts: Parts, { key: day }: Duty): Promise<DutyOutcome> {
  for (;;) {
    const { state } = await parts.act.load(anchors, day);
    const step = await next(parts, day, state);
    if (step !== 'next') return step;
  }
}

async function next(parts: Parts, day: Day, state: AnchorState): Promise<Step> {
  const { chain } = parts;
  switch (state.status) {
    case 'absent':
    case 'published':
      return 'done';
    case 'begun':
      return plan(parts, day);
    case 'planned': {
      const signed = await chain.signMemo(state.planned.memo);
      const { wallet: treasury } = chain.treasury;
      return note(parts, day, { type: 'SignAnchor', signed: { treasury, ...signed } }, 'next');
    }
    case 'signed':
      return land(parts, day, state);
  }
}

async function plan(parts: Parts, day: Day): Promise<Step> {
  const counted = await count(parts, day);
  if (counted === null) return askAgain(parts.clock, PAUSE.landing);
  const { previousDay } = counted;
  if (previousDay !== null && daysBetween(previousDay, day) > 1) {
    parts.signals.alarm('anchor_days_missed', { day, previousDay });
  }
  return note(parts, day, { type: 'PlanAnchor', counted }, 'next');
}

/** As plans do (outgoing/execute.ts): these bytes and no others, until they can never land any more. */
async function land(parts: Parts, day: Day, { signed }: Extract<AnchorState, { status: 'signed' }>): Promise<Step> {
  const { chain, clock, signals } = parts;
  const { signature } = signed;
  const outcome = await chain.outcome(signed);
  switch (outcome.kind) {
    case 'pending':
      await chain.send(signed);
      return askAgain(clock, PAUSE.landing);
    case 'confirmed':
      return askAgain(clock, PAUSE.finality);
    case 'finalized': {
      const landed = { slot: outcome.slot, blockTime: clock.fromWall(outcome.blockTime) };
      return note(parts, day, { type: 'PublishAnchor', signature, ...landed }, 'next');
    }
    case 'failed': {
      const { error } = outcome;
      signals.alarm('anchor_failed', { day, signature, error });
      return note(parts, day, { type: 'FailAnchor', signature, error }, askAgain(clock, PAUSE.failed));
    }
    case 'expired': {
      const { finalizedBlockHeight } = outcome;
      return note(parts, day, { type: 'ExpireAnchor', signature, finalizedBlockHeight }, 'next');
    }
    case 'history_gone':
      // Signed again, one that did land would stand there twice: only a node that remembers can tell.
      signals.alarm('anchor_history_gone', { day, signature, firstBlockHeight: outcome.firstBlockHeight });
      return askAgain(clock, PAUSE.stuck);
    case 'other_chain':
      signals.alarm('anchor_on_another_chain', { day, signature, genesisHash: outcome.genesisHash });
      return askAgain(clock, PAUSE.stuck);
  }
}

async function note({ act, clock, signals }: Parts, day: Day, command: AnchorCommand, then: Step): Promise<Step> {
  const noted = await act.handle(anchors, day, () => command);
  if (noted.kind !== 'rejected') return then;
  signals.alarm('anchor_contradicted', { day, command: command.type, code: noted.rejection.code });
  return askAgain(clock, PAUSE.stuck);
}
