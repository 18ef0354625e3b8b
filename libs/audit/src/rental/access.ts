/** I3 and I4: who may use a machine, from the choice of a node to the first login. */

import type { Here } from '../here.js';
import { checkPlacement } from '../placement.js';
import { instant, MINUTE_MS } from '../units.js';
import type { RentalData } from '../wire.js';
import { isOver, isPaid, type Rental } from './fold.js';
import { promisedMinutes } from './promise.js';
import { lastStretch, newRun, type Attempt } from './run.js';
import { blame } from './verdicts.js';

/** A machine that says nothing is taken to be free this long after paid-until. */
export const SILENT_RELEASE_MS = 60_000;
/** A service whose clock differs from the others' by more than a second writes nothing. */
const CLOCKS_DIFFER_MS = 2_000;
/** Before the start, and again after each interruption. */
const MAX_ATTEMPTS = 3;

export function place(rental: Rental, placed: RentalData<'RentalPlaced'>, here: Here): void {
  const { note, books, stream, revision, at } = here;
  const { terms } = rental.requested;
  if (!isPaid(rental)) note('I4', 'a node is taken for a request that is not paid in time');
  else if (rental.phase !== 'open' && rental.phase !== 'interrupted') {
    note('order', `a node is taken for a rental that is ${rental.phase}`);
  }
  note.compare('order', 'number of the attempt', rental.tries + 1, placed.attempt);
  const ranOn = rental.run === null ? 0 : lastStretch(rental.run).attempt.placed.attempt;
  if (placed.attempt - ranOn > MAX_ATTEMPTS) note('placement@1', `there are ${MAX_ATTEMPTS} attempts, and no more`);
  const placedAt = instant(placed.placedAt);
  if (placedAt > at) note('order', 'it is placed after it is said to be placed');
  if (placedAt < (rental.seekingSince ?? placedAt) - CLOCKS_DIFFER_MS) {
    note('placement@1', 'its machine was chosen before anyone looked for one');
  }
  checkPlacement(placed, rental, note);
  const isFailover = rental.run !== null;
  books.fleet.seeChoice({ stream, revision, placed, terms, isFailover, failed: [...rental.failedNodes] });
  books.yielding.seePlaced(stream, at);
  // Before the start the whole term lies ahead, at the latest after the longest wait.
  const atMost = placedAt + terms.maxWaitMs + terms.minutes * MINUTE_MS;
  const until = (rental.run?.endsAt ?? atMost) + SILENT_RELEASE_MS;
  const { nodeId } = placed;
  const leases = placed.gpus.map(({ uuid, leaseEpoch: epoch }) =>
    books.leases.take({ uuid, nodeId, tier: terms.tier, epoch, stream, revision, from: at, until }),
  );
  const { receipt: _, endpoint: __, ...machine } = placed;
  rental.attempt = { placed: machine, leases };
  rental.tries += 1;
  if (!isOver(rental)) rental.phase = 'placed';
}

export function failPlacement(rental: Rental, { attempt, fault }: RentalData<'PlacementFailed'>, here: Here): void {
  if (rental.phase !== 'placed' || rental.attempt?.placed.attempt !== attempt) {
    here.note('order', `attempt ${attempt} is not under way`);
    return;
  }
  free(rental.attempt, here.at);
  blame(rental.attempt, fault, here);
  fail(rental, rental.attempt, here);
  rental.attempt = rental.run === null ? null : lastStretch(rental.run).attempt;
  rental.phase = rental.run === null ? 'open' : 'interrupted';
}

/** It is not taken again for this rental, which looks for another. */
export function fail(rental: Rental, { placed }: Attempt, { books, stream, at }: Here): void {
  if (!rental.failedNodes.includes(placed.nodeId)) rental.failedNodes.push(placed.nodeId);
  rental.seekingSince = at;
  books.yielding.seeFailed(stream, placed.nodeId, at);
}

export function start(rental: Rental, started: RentalData<'RentalStarted'>, here: Here): void {
  const { note, at } = here;
  const { attempt } = rental;
  if (!isPaid(rental)) note('I4', 'access is given without sufficient payment in time');
  else if (rental.phase !== 'placed' || attempt?.placed.attempt !== started.attempt || rental.run !== null) {
    note('order', `attempt ${started.attempt} is not under way`);
  }
  const startedAt = instant(started.startedAt);
  const endsAt = instant(started.endsAt);
  const term = rental.requested.terms.minutes * MINUTE_MS;
  note.compare('I8', 'length of the term in ms', term, endsAt - startedAt);
  if (startedAt > at) note('order', 'it starts after it is said to have started');
  if (attempt === null) return;
  if (startedAt < instant(attempt.placed.placedAt)) note('order', 'it starts before it was placed');
  lend(attempt, endsAt);
  borrow(rental, attempt, startedAt, here);
  rental.run = newRun(attempt, startedAt, endsAt, promisedMinutes(rental, startedAt));
  if (!isOver(rental)) rental.phase = 'running';
}

/** SPOT may have to give its machine back. */
export function borrow({ requested }: Rental, { placed }: Attempt, from: number, { books, stream }: Here): void {
  if (requested.terms.tier === 'SPOT') books.spots.begin(stream, placed.nodeId, from);
}

/** The machine may keep its GPUs until then, and a minute longer where it says nothing. */
export function lend({ leases }: Attempt, paidUntil: number): void {
  for (const lease of leases) lease.until = paidUntil + SILENT_RELEASE_MS;
}

export function free({ leases }: Attempt, at: number): void {
  for (const lease of leases) lease.until = Math.min(lease.until, at);
}
