/** One rental's facts, each handed to the check that knows it. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Here } from '../here.js';
import { followPlan } from '../plans.js';
import type { RentalWire } from '../wire.js';
import { failPlacement, place, start } from './access.js';
import { askCheckpoint, attribute, rate, saveCheckpoint } from './afterwards.js';
import { end, revoke } from './ending.js';
import { extend, quoteExtension } from './extension.js';
import { isOver, newRental, type Rental } from './fold.js';
import { checkHalt, halt, release } from './halt.js';
import { interrupt, resume, returned } from './interruption.js';
import { closeMeter, meter } from './minutes.js';
import { expire, finalize, receive, vanish } from './payments.js';
import { deliver, notice } from './preemption.js';
import { checkQuote } from './quote.js';
import { plan, settle } from './settle.js';

/** The rental as it stands after this fact; null while nothing was requested. */
export function auditRental(rental: Rental | null, fact: RentalWire, here: Here): Rental | null {
  const { note } = here;
  if (fact.type === 'RentalRequested.v1') {
    note.compare('order', 'a rental has a stream of its own', idOf(here.stream), fact.data.rentalId);
    if (rental !== null) note('order', 'it is requested twice');
    checkQuote(fact.data, here);
    here.books.yielding.seeRequest(here.stream, fact.data);
    return rental ?? newRental(fact.data);
  }
  if (rental === null) {
    note('order', 'nothing was requested yet');
    return rental;
  }
  if (rental.dueExtension !== null && fact.type !== 'RentalExtended.v1') {
    note('I4', `extension ${rental.dueExtension} is paid, but not given`);
    rental.dueExtension = null;
  }
  checkHalt(rental, fact, here);
  follow(rental, fact, here);
  return rental;
}

type Later = Exclude<RentalWire, { type: 'RentalRequested.v1' }>;

function follow(rental: Rental, fact: Later, here: Here): void {
  switch (fact.type) {
    case 'PaymentReceived.v1':
      return receive(rental, fact.data, here);
    case 'PaymentFinalized.v1':
      return finalize(rental, fact.data, here);
    case 'PaymentVanished.v1':
      return vanish(rental, fact.data, here);
    case 'RequestExpired.v1':
      return expire(rental, fact.data, here);
    case 'RentalPlaced.v1':
      return place(rental, fact.data, here);
    case 'PlacementFailed.v1':
      return failPlacement(rental, fact.data, here);
    case 'CredentialIssued.v1':
      if (isOver(rental)) here.note('order', `a key is issued to a rental that is ${rental.phase}`);
      return;
    case 'RentalStarted.v1':
      return start(rental, fact.data, here);
    case 'RentalInterrupted.v1':
      return interrupt(rental, fact.data, here);
    case 'RentalResumed.v1':
      return resume(rental, fact.data, here);
    case 'BuyerReturned.v1':
      return returned(rental, fact.data, here);
    case 'ExtensionQuoted.v1':
      return quoteExtension(rental, fact.data, here);
    case 'RentalExtended.v1':
      return extend(rental, fact.data, here);
    case 'PreemptionNoticed.v1':
      return notice(rental, fact.data, here);
    case 'PreemptionDelivered.v1':
      return deliver(rental, fact.data, here);
    case 'CheckpointRequested.v1':
      return askCheckpoint(rental, fact.data, here);
    case 'CheckpointSaved.v1':
      return saveCheckpoint(rental, fact.data, here);
    case 'UsageMetered.v1':
      return meter(rental, fact.data, here);
    case 'MeterClosed.v1':
      return closeMeter(rental, fact.data, here);
    case 'RentalEnded.v1':
      return end(rental, fact.data, here);
    case 'AccessRevoked.v1':
      return revoke(rental, fact.data, here);
    case 'CarbonAttributed.v1':
      return attribute(rental, fact.data, here);
    case 'RentalRated.v1':
      return rate(rental, fact.data, here);
    case 'RentalHalted.v1':
      return halt(rental, here);
    case 'RentalReleased.v1':
      return release(rental, here);
    case 'SettlementPlanned.v1':
      return plan(rental, fact.data, here);
    case 'RentalSettled.v1':
      return settle(rental, fact.data, here);
    default:
      return followPlan(rental.plans, fact, here);
  }
}
