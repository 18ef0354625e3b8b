/** What one rental says of the operators that served it: a job completed, attempts failed, a rating. Folded from its facts. */

import { rentalDecider } from '../rental/decider.js';
import type { EndReason } from '../rental/ending.js';
import type { RentalFact, RentalPlaced } from '../rental/facts.js';
import type { Run } from '../rental/run.js';
import { closingOf, runOf, type RentalState } from '../rental/state.js';
import { servedGroups } from '../rental/usage.js';
import type { Millis } from '../time.js';
import type { CompletedJob, Rating } from './past.js';

/** A fact and when it was put on record. */
export interface Told {
  readonly fact: RentalFact;
  readonly at: Millis;
}

export interface Attempt {
  readonly operatorId: string;
  readonly attempt: number;
}

export interface FailedAttempt extends Attempt {
  readonly recordedAt: Millis;
}

export interface RentalOutcomes {
  readonly completed: (Attempt & CompletedJob) | null;
  /** Each attempt at most once. */
  readonly failed: readonly FailedAttempt[];
  /** The same stars for each operator that served paid minutes. */
  readonly ratings: readonly (Rating & { readonly operatorId: string })[];
}

const COMPLETED: ReadonlySet<EndReason> = new Set(['term_elapsed', 'buyer_stopped', 'preempted']);

/** What was said once stays as it is, whatever is told later. */
export function outcomesOf(told: readonly Told[]): RentalOutcomes {
  let state = rentalDecider.initialState;
  let completed: RentalOutcomes['completed'] = null;
  let ratings: RentalOutcomes['ratings'] = [];
  const failed: FailedAttempt[] = [];
  /** Who had it when it ended: nobody while another machine was being looked for. */
  let atTheEnd: RentalPlaced | null = null;
  /** The one that paid first. */
  let wallet: string | null = null;
  for (const { fact, at } of told) {
    if (fact.type === 'PaymentReceived') wallet ??= fact.data.payer;
    const held = holderOf(state);
    if (held !== null && isFailure(fact)) {
      failed.push({ operatorId: held.operatorId, attempt: held.attempt, recordedAt: at });
    }
    if (fact.type === 'RentalEnded' && state.status === 'running') atTheEnd = held;
    state = rentalDecider.evolve(state, fact);
    if (fact.type === 'MeterClosed' && atTheEnd !== null && wallet !== null && isCompleted(state, atTheEnd)) {
      completed = { operatorId: atTheEnd.operatorId, attempt: atTheEnd.attempt, wallet, recordedAt: at };
    }
    const isFinal = (closingOf(state)?.meterClosed ?? null) !== null;
    if (isFinal && (fact.type === 'MeterClosed' || fact.type === 'RentalRated')) ratings = ratingsOf(state, at);
  }
  return { completed, failed, ratings };
}

function isFailure(fact: RentalFact): boolean {
  switch (fact.type) {
    case 'PlacementFailed':
    case 'RentalInterrupted':
    case 'RentalEnded':
      return fact.data.fault === 'operator';
    default:
      return false;
  }
}

/** The attempt that has the rental now, or is about to; a machine that was lost has it no more. */
function holderOf(state: RentalState): RentalPlaced | null {
  switch (state.status) {
    case 'placed':
    case 'interrupted':
      return state.placement;
    case 'running':
      return state.run.placement;
    default:
      return null;
  }
}

function isCompleted(state: RentalState, { operatorId }: RentalPlaced): boolean {
  const closing = closingOf(state);
  return closing?.run != null && COMPLETED.has(closing.end.reason) && served(closing.run, operatorId);
}

const served = ({ spans }: Run, operatorId: string): boolean =>
  spans.some((span) => span.operatorId === operatorId && span.minutes > 0);

function ratingsOf(state: RentalState, recordedAt: Millis): RentalOutcomes['ratings'] {
  if (state.status === 'absent' || state.rental.rating === null) return [];
  const { rental } = state;
  const { stars, ratedAt } = state.rental.rating;
  const minutes = new Map<string, number>();
  for (const group of servedGroups(rental, runOf(state))) {
    minutes.set(group.operatorId, (minutes.get(group.operatorId) ?? 0) + group.minutes);
  }
  const { rentalId, buyerId } = rental;
  return [...minutes].map(([operatorId, paidMinutes]) => ({
    ...{ operatorId, rentalId, buyerId, stars, paidMinutes, ratedAt, recordedAt },
  }));
}
