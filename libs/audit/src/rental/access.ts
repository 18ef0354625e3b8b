/** I3 to I5: who may use the machine, from the choice of a node to the moment the last session is gone. */

import type { Here } from '../here.js';
import { checkPlacement } from '../placement.js';
import { instant, MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';
import { billableEnd, isOver, isPaid, type Rental } from './fold.js';

/** A machine that says nothing is taken to be free this long after paid-until. */
const SILENT_RELEASE_MS = 60_000;
const MAX_ATTEMPTS = 3;

export function place(rental: Rental, placed: RentalData<'RentalPlaced'>, here: Here): void {
  const { note, books, stream, revision, at } = here;
  const { terms } = rental.requested;
  if (!isPaid(rental)) note('I4', 'a node is taken for a request that is not paid in time');
  else if (rental.phase !== 'open') note('order', `a node is taken for a rental that is ${rental.phase}`);
  note.compare('order', 'number of the attempt', rental.failures + 1, placed.attempt);
  if (placed.attempt > MAX_ATTEMPTS) note('placement@1', `there are ${MAX_ATTEMPTS} attempts, and no more`);
  checkPlacement(placed, rental.requested, rental.failedNodes, note);
  books.registry.seePlacement({ stream, revision, placed, terms });
  // Before the start the whole term lies ahead, at the latest after the longest wait.
  const paidUntil = instant(placed.placedAt) + terms.maxWaitMs + terms.minutes * MINUTE_MS;
  const until = paidUntil + SILENT_RELEASE_MS;
  const leases = placed.gpus.map(({ uuid, leaseEpoch: epoch }) =>
    books.leases.take({ uuid, epoch, stream, revision, from: at, until }),
  );
  rental.attempt = { placed, leases };
  rental.phase = 'placed';
}

export function failPlacement(rental: Rental, { attempt }: RentalData<'PlacementFailed'>, here: Here): void {
  if (rental.phase !== 'placed' || rental.attempt?.placed.attempt !== attempt) {
    here.note('order', `attempt ${attempt} is not under way`);
    return;
  }
  free(rental, here.at);
  rental.failedNodes.add(rental.attempt.placed.nodeId);
  rental.failures += 1;
  rental.attempt = null;
  rental.phase = 'open';
}

export function start(rental: Rental, started: RentalData<'RentalStarted'>, { note, at }: Here): void {
  const { attempt } = rental;
  if (!isPaid(rental)) note('I4', 'access is given without sufficient payment in time');
  else if (rental.phase !== 'placed' || attempt?.placed.attempt !== started.attempt) {
    note('order', `attempt ${started.attempt} is not under way`);
  }
  const startedAt = instant(started.startedAt);
  const endsAt = instant(started.endsAt);
  const term = rental.requested.terms.minutes * MINUTE_MS;
  note.compare('I8', 'length of the term in ms', term, endsAt - startedAt);
  if (startedAt > at) note('order', 'it starts after it is said to have started');
  if (attempt !== null && startedAt < instant(attempt.placed.placedAt)) note('order', 'it starts before it was placed');
  for (const lease of attempt?.leases ?? []) lease.until = endsAt + SILENT_RELEASE_MS;
  rental.run = { startedAt, endsAt, nextMinute: 0, served: new Map() };
  rental.phase = 'running';
}

export function end(rental: Rental, ended: RentalData<'RentalEnded'>, { note, at }: Here): void {
  if (isOver(rental)) {
    note('order', `it is ${rental.phase} already`);
    return;
  }
  const effectiveAt = instant(ended.effectiveAt);
  const { run } = rental;
  if (effectiveAt > at) note('order', 'it ends after it is said to have ended');
  if (ended.reason === 'term_elapsed' && effectiveAt !== run?.endsAt) note('order', 'its term was not over');
  rental.end = ended;
  rental.phase = 'ended';
  if (run !== null && run.startedAt + run.nextMinute * MINUTE_MS > billableEnd(run, ended)) {
    note('I8', 'minutes are metered beyond this end');
  }
}

export function revoke(rental: Rental, revoked: RentalData<'AccessRevoked'>, here: Here): void {
  const { note, at, revokeWithinMs } = here;
  const { end: ended, attempt, run } = rental;
  if (ended === null || attempt?.placed.attempt !== revoked.attempt || rental.revoked) {
    note('order', `attempt ${revoked.attempt} has no access to lose`);
    return;
  }
  rental.revoked = true;
  free(rental, at);
  // A lost machine cannot be told of the end: it closes by itself at paid-until, by its own clock.
  const last = ended.reason === 'node_failed' && run !== null ? run.endsAt : instant(ended.effectiveAt);
  const lateMs = instant(revoked.revokedAt) - last;
  if (lateMs > revokeWithinMs) note('I5', `access lasted ${lateMs} ms after the end, not ${revokeWithinMs} at most`);
}

function free({ attempt }: Rental, at: number): void {
  for (const lease of attempt?.leases ?? []) lease.until = Math.min(lease.until, at);
}
