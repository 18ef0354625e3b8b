/** Preemption's commands: a SPOT rental is told to yield, the telling is delivered, and 90 seconds later it ends. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import { deadlineOf } from '../../preemption/deadline.js';
import type { PreemptionNoticed } from '../../preemption/facts.js';
import type { Millis } from '../../time.js';
import type { PreemptionCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import type { Present } from '../state.js';
import { effectiveEnd } from '../usage.js';
import { wrongState } from './refuse.js';

export function notice(state: Present, noticed: PreemptionNoticed): Outcome<RentalFact> {
  const { tier } = state.rental.terms;
  if (tier !== 'SPOT') return rejected({ code: 'not_preemptible', context: { tier } });
  if (state.status !== 'running') return notRunning(state, 'NoticePreemption');
  if (state.run.notice !== null) return ignored('told already');
  // Planned while it was on other GPUs: those it lost are free for whoever needs them.
  const own = state.run.placement.gpus.map((gpu) => gpu.uuid);
  if (!noticed.gpuUuids.every((uuid) => own.includes(uuid))) return ignored('it is on another machine');
  return accepted({ type: 'PreemptionNoticed', data: noticed });
}

type Deliver = Extract<PreemptionCommand, { type: 'DeliverPreemption' }>;

export function deliver(state: Present, { attempt, at: deliveredAt }: Deliver): Outcome<RentalFact> {
  if (state.status !== 'running') return notRunning(state, 'DeliverPreemption');
  const { notice: told, placement } = state.run;
  if (told === null) return rejected({ code: 'not_noticed', context: {} });
  if (told.delivered !== null) return ignored('delivered already');
  if (placement.attempt !== attempt) return ignored('it is on another machine');
  const data = { attempt, deliveredAt, deadlineAt: deadlineOf(deliveredAt) };
  return accepted({ type: 'PreemptionDelivered', data });
}

/** Undelivered kills nobody, and nobody goes a moment before the deadline. */
export function endPreempted(state: Present, at: Millis): Outcome<RentalFact> {
  if (state.status !== 'running') return notRunning(state, 'EndPreempted');
  const { run } = state;
  const delivered = run.notice?.delivered ?? null;
  if (delivered === null) return rejected({ code: 'not_noticed', context: {} });
  if (at < delivered.deadlineAt) {
    return rejected({ code: 'too_early', context: { at, notBefore: delivered.deadlineAt } });
  }
  if (at >= run.endsAt) return ignored('its term is over');
  const effectiveAt = effectiveEnd(run, at);
  return accepted({ type: 'RentalEnded', data: { reason: 'preempted', fault: 'none', effectiveAt } });
}

/** A rental that is gone, or lost its machine, has yielded already. */
const notRunning = ({ status }: Present, command: string): Outcome<never> =>
  status === 'interrupted' || status === 'ended' || status === 'settled'
    ? ignored(`it is ${status}`)
    : wrongState(status, command);
