/** One rental's facts, each handed to the check that knows it. */

import { idOf } from '@tokenos/contracts/envelope/envelope';
import type { Here } from '../here.js';
import { followPlan } from '../plans.js';
import type { RentalWire } from '../wire.js';
import { end, failPlacement, place, revoke, start } from './access.js';
import { isOver, newRental, type Rental } from './fold.js';
import { closeMeter, meter } from './minutes.js';
import { expire, finalize, receive } from './payments.js';
import { checkQuote } from './quote.js';
import { plan, settle } from './settle.js';

/** The rental as it stands after this fact; null while nothing was requested. */
export function auditRental(rental: Rental | null, fact: RentalWire, here: Here): Rental | null {
  const { note } = here;
  if (fact.type === 'RentalRequested.v1') {
    note.compare('order', 'a rental has a stream of its own', idOf(here.stream), fact.data.rentalId);
    if (rental !== null) note('order', 'it is requested twice');
    checkQuote(fact.data, note);
    return rental ?? newRental(fact.data);
  }
  if (rental === null) note('order', 'nothing was requested yet');
  else follow(rental, fact, here);
  return rental;
}

type Later = Exclude<RentalWire, { type: 'RentalRequested.v1' }>;

function follow(rental: Rental, fact: Later, here: Here): void {
  switch (fact.type) {
    case 'PaymentReceived.v1':
      return receive(rental, fact.data, here);
    case 'PaymentFinalized.v1':
      return finalize(rental, fact.data, here);
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
    case 'UsageMetered.v1':
      return meter(rental, fact.data, here);
    case 'MeterClosed.v1':
      return closeMeter(rental, fact.data, here);
    case 'RentalEnded.v1':
      return end(rental, fact.data, here);
    case 'AccessRevoked.v1':
      return revoke(rental, fact.data, here);
    case 'SettlementPlanned.v1':
      return plan(rental, fact.data, here);
    case 'RentalSettled.v1':
      return settle(rental, fact.data, here);
    case 'SettlementSigned.v1':
    case 'SettlementExpired.v1':
    case 'SettlementFailed.v1':
    case 'SettlementConfirmed.v1':
    case 'SettlementFinalized.v1':
      return followPlan(rental.plans, fact, here);
    default:
      here.note('order', `nobody checks a ${fact.type} yet`);
  }
}
