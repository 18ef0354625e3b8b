/** I5 and I11: each reason to end is true of its moment, and 5 s later nobody is in any more. */

import type { Note } from '../finding.js';
import type { Here } from '../here.js';
import { instant, MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';
import { free } from './access.js';
import { billableEnd, isOver, isPaid, type Rental } from './fold.js';
import { NOTICE_MS } from './preemption.js';
import type { Attempt, Stretch } from './run.js';
import { isUnsettled } from './settle.js';
import { blame } from './verdicts.js';

const SEARCH = 3;

type Ended = RentalData<'RentalEnded'>;

/** Whose fault each end can be. */
const FAULTS: Readonly<Record<Ended['reason'], readonly Ended['fault'][]>> = {
  buyer_stopped: ['buyer'],
  payment_vanished: ['buyer'],
  term_elapsed: ['none'],
  preempted: ['none'],
  node_failed: ['operator', 'platform'],
  operator_withdrew: ['operator'],
  capacity_unavailable: ['operator', 'platform'],
};

export function end(rental: Rental, ended: Ended, here: Here): void {
  const { note, at, books, stream } = here;
  if (isOver(rental)) {
    note('order', `it is ${rental.phase} already`);
    return;
  }
  const effectiveAt = instant(ended.effectiveAt);
  const { run } = rental;
  if (effectiveAt > at) note('order', 'it ends after it is said to have ended');
  checkReason(rental, ended, effectiveAt, note);
  const { reason, fault } = ended;
  if (!FAULTS[reason].includes(fault)) note('order', `${reason} is never the fault of: ${fault}`);
  if (rental.attempt !== null && (rental.phase === 'placed' || rental.phase === 'running')) {
    blame(rental.attempt, fault, here);
    if (rental.phase === 'running') rental.endedOn = rental.attempt.placed.operatorId;
  }
  rental.end = ended;
  rental.phase = 'ended';
  books.yielding.seeOver(stream, at);
  books.spots.leave(stream, at);
  if (run !== null && run.startedAt + run.nextMinute * MINUTE_MS > billableEnd(run, ended)) {
    note('I8', 'minutes are metered beyond this end');
  }
}

function checkReason(rental: Rental, ended: Ended, effectiveAt: number, note: Note): void {
  const { run, paidAt, requested, failedNodes } = rental;
  switch (ended.reason) {
    case 'term_elapsed':
      if (effectiveAt !== run?.endsAt) note('order', 'its term was not over');
      return;
    case 'capacity_unavailable': {
      const waited = paidAt !== null && effectiveAt >= paidAt + requested.terms.maxWaitMs;
      if (run !== null) note('order', 'capacity was there: it ran');
      else if (!waited && failedNodes.length < SEARCH) note('order', 'its buyer waits longer');
      return;
    }
    case 'node_failed':
    case 'operator_withdrew':
      if (run === null) note('order', 'no machine ran it');
      return;
    case 'payment_vanished':
      if (isPaid(rental)) note('order', 'its payments cover it still');
      return;
    case 'preempted':
      checkPreempted(rental, effectiveAt, note);
      return;
    case 'buyer_stopped':
  }
}

function checkPreempted({ run, requested, phase }: Rental, effectiveAt: number, note: Note): void {
  const deliveredAt = run?.notice?.deliveredAt ?? null;
  if (requested.terms.tier !== 'SPOT') note('I11', `a rental that is ${requested.terms.tier} is preempted`);
  else if (phase !== 'running' || deliveredAt === null)
    note('I11', 'it is preempted without a notice that was delivered');
  else if (effectiveAt < deliveredAt + NOTICE_MS) {
    note('I11', `it is preempted ${effectiveAt - deliveredAt} ms after the notice was delivered`);
  }
}

/** Of whoever holds the GPUs when the rental ends, and of each machine that was lost before. */
export function revoke(rental: Rental, revoked: RentalData<'AccessRevoked'>, { note, at, revokeWithinMs }: Here): void {
  const { end: ended, run } = rental;
  const lost = run?.stretches.find((one) => one.lost !== null && isOf(one.attempt, revoked)) ?? null;
  const attempt = lost?.attempt ?? (ended === null ? null : rental.attempt);
  if (attempt === null || !isOf(attempt, revoked) || rental.revoked.includes(revoked.attempt)) {
    note('order', `attempt ${revoked.attempt} has no access to lose`);
    return;
  }
  rental.revoked.push(revoked.attempt);
  free(attempt, at);
  const lateMs = instant(revoked.revokedAt) - lastAccess(rental, lost);
  if (lateMs > revokeWithinMs) note('I5', `access lasted ${lateMs} ms after the end, not ${revokeWithinMs} at most`);
}

const isOf = ({ placed }: Attempt, { attempt }: RentalData<'AccessRevoked'>): boolean => placed.attempt === attempt;

/** A lost machine cannot be told of the end: it closes by itself at paid-until, by its own clock. */
function lastAccess({ end: ended, run }: Rental, lost: Stretch | null): number {
  const believed = lost?.lost?.paidUntil ?? (ended?.reason === 'node_failed' ? run?.endsAt : undefined);
  return believed ?? (ended === null ? 0 : instant(ended.effectiveAt));
}

/** A lost machine reports nothing any more; every other must. */
export function keepsAccess({ end: ended, attempt, run, revoked }: Rental): boolean {
  if (ended === null || ended.reason === 'node_failed' || attempt === null) return false;
  const isLost =
    run?.stretches.some((one) => one.lost !== null && one.attempt.placed.attempt === attempt.placed.attempt) ?? false;
  return !isLost && !revoked.includes(attempt.placed.attempt);
}

/** Nobody waits for anything of it, and none of its leases will change: those are held by others too. */
export function isClosed(rental: Rental): boolean {
  const { settled, dueExtension, attempt, run, revoked } = rental;
  if (!settled || dueExtension !== null || isUnsettled(rental)) return false;
  const attempts = [attempt, ...(run?.stretches ?? []).map((stretch) => stretch.attempt)];
  return attempts.every((one) => one === null || revoked.includes(one.placed.attempt));
}
