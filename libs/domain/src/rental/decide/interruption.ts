/** Allocation's commands on a machine that fails: the rental is interrupted, resumed on another one, and the buyer is back in it. */

import { accepted, ignored, rejected, type Outcome } from '../../decider.js';
import type { Millis } from '../../time.js';
import type { AllocationCommand } from '../commands.js';
import type { RentalFact } from '../facts.js';
import type { Run } from '../run.js';
import type { Present } from '../state.js';
import { effectiveEnd } from '../usage.js';
import { notCovered } from './coverage.js';
import { wrongState } from './refuse.js';

type Command<Type extends AllocationCommand['type']> = Extract<AllocationCommand, { type: Type }>;

export function interrupt(state: Present, command: Command<'InterruptRental'>): Outcome<RentalFact> {
  const { attempt, why, fault, at } = command;
  if (state.status !== 'running') {
    return state.status === 'interrupted' || state.status === 'ended' || state.status === 'settled'
      ? ignored(`it is ${state.status}`)
      : wrongState(state.status, command.type);
  }
  const { placement, endsAt } = state.run;
  if (placement.attempt !== attempt) return ignored('it is on another machine');
  if (at >= endsAt) return ignored('its term is over');
  const { operatorId } = placement;
  const interruptedAt = notBefore(state.run, at);
  return accepted({ type: 'RentalInterrupted', data: { attempt, operatorId, why, fault, interruptedAt } });
}

/** A machine was there throughout every minute that is metered already, and not lost before it was there. */
const notBefore = (run: Run, at: Millis): Millis =>
  Math.max(effectiveEnd(run, at), run.segments.at(-1)?.from ?? run.startedAt);

export function resume(state: Present, command: Command<'ResumeRental'>): Outcome<RentalFact> {
  const { attempt, at: resumedAt } = command;
  if (state.status === 'running') return ignored('running already');
  if (state.status !== 'interrupted' || state.placement === null) return wrongState(state.status, command.type);
  const unpaid = notCovered(state.rental);
  if (unpaid !== null) return unpaid;
  const current = state.placement.attempt;
  if (current !== attempt) return rejected({ code: 'wrong_attempt', context: { attempt, current } });
  if (resumedAt >= state.run.endsAt) {
    return rejected({ code: 'term_is_over', context: { endsAt: state.run.endsAt } });
  }
  return accepted({ type: 'RentalResumed', data: { attempt, resumedAt } });
}

export function noteReturn(state: Present, command: Command<'NoteReturn'>): Outcome<RentalFact> {
  const { attempt, how, at } = command;
  if (state.status !== 'running') return ignored(`it is ${state.status}`);
  const current = state.run.segments.at(-1);
  if (current?.placement.attempt !== attempt) return ignored('it is on another machine');
  if (current.billableFrom !== null) return ignored('the buyer is in it');
  // Nobody is back in a machine before it is there.
  const returnedAt = Math.max(at, current.from);
  return accepted({ type: 'BuyerReturned', data: { attempt, returnedAt, how } });
}
