/** A machine that fails under a running rental: lost, replaced, and free until the buyer is back in. */

import type { Here } from '../here.js';
import { instant } from '../units.js';
import type { RentalData } from '../wire.js';
import { borrow, fail, lend } from './access.js';
import { isPaid, type Rental } from './fold.js';
import { lastStretch } from './run.js';
import { blame } from './verdicts.js';

export function interrupt(rental: Rental, lost: RentalData<'RentalInterrupted'>, here: Here): void {
  const { note, at, books, stream } = here;
  const { run, attempt } = rental;
  if (rental.phase !== 'running' || run === null || attempt?.placed.attempt !== lost.attempt) {
    note('order', `attempt ${lost.attempt} has no rental to lose`);
    return;
  }
  const lostAt = instant(lost.interruptedAt);
  note.compare('order', 'operator of the lost machine', attempt.placed.operatorId, lost.operatorId);
  // While the platform itself hears nobody, nothing is called lost.
  note.compare('order', 'whose fault a lost machine is', 'operator', lost.fault);
  if (lostAt > at) note('order', 'it is lost after it is said to be lost');
  if (lostAt >= run.endsAt) note('order', 'its term was over');
  if (lostAt < run.servedUntil) note('I8', 'minutes are billed beyond this interruption');
  blame(attempt, lost.fault, here);
  lastStretch(run).lost = { at: lostAt, paidUntil: run.endsAt };
  run.notice = null;
  books.spots.leave(stream, at);
  fail(rental, attempt, here);
  rental.phase = 'interrupted';
}

export function resume(rental: Rental, resumed: RentalData<'RentalResumed'>, here: Here): void {
  const { note, at } = here;
  const { run, attempt } = rental;
  if (rental.phase !== 'placed' || run === null || attempt?.placed.attempt !== resumed.attempt) {
    note('order', `attempt ${resumed.attempt} is not under way`);
    return;
  }
  if (!isPaid(rental)) note('I4', 'access is given again without sufficient payment in time');
  const from = instant(resumed.resumedAt);
  if (from > at) note('order', 'it goes on after it is said to go on');
  if (from < instant(attempt.placed.placedAt)) note('order', 'it goes on before it was placed');
  if (from >= run.endsAt) note('I8', 'it goes on after its term');
  run.stretches.push({ attempt, from, billableFrom: null, lost: null });
  borrow(rental, attempt, from, here);
  lend(attempt, run.endsAt);
  rental.phase = 'running';
}

/** Once per failover: from here on its minutes are billed. */
export function returned(rental: Rental, back: RentalData<'BuyerReturned'>, { note, at }: Here): void {
  const { run } = rental;
  const stretch = run === null ? null : lastStretch(run);
  const awaited = rental.phase === 'running' && stretch?.billableFrom === null;
  if (!awaited || stretch.attempt.placed.attempt !== back.attempt) {
    note('order', `nobody is awaited on attempt ${back.attempt}`);
    return;
  }
  const from = instant(back.returnedAt);
  if (from > at) note('order', 'the buyer returns after it is said');
  if (from < stretch.from) note('I8', 'the buyer returns before the machine is ready');
  stretch.billableFrom = from;
}
