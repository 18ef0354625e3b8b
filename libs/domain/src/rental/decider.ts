/** The rental decider: one command in, facts out. Each part is a small file beside this one. */

import type { Decider, Outcome } from '../decider.js';
import { decidePlan } from '../settlement/plan.js';
import type { RentalCommand } from './commands.js';
import { end, failPlacement, place, revoke, start } from './decide/allocation.js';
import { closeMeter, meter } from './decide/metering.js';
import { expire, finalizePayment, recordPayment } from './decide/payment.js';
import { absent } from './decide/refuse.js';
import { issueCredential, request, stop } from './decide/request.js';
import { closeSettlement, planSettlement } from './decide/settlement.js';
import { evolve } from './evolve.js';
import type { RentalFact } from './facts.js';
import type { RentalState } from './state.js';

function decide(state: RentalState, command: RentalCommand): Outcome<RentalFact> {
  switch (command.type) {
    case 'RequestRental':
      return request(state, command);
    case 'IssueCredential':
      return issueCredential(state, command);
    case 'StopRental':
      return stop(state, command.at);
    case 'RecordPayment':
      return recordPayment(state, command.payment);
    case 'FinalizePayment':
      return finalizePayment(state, command.signature);
    case 'ExpireRequest':
      return expire(state, command.scannedTo);
    case 'PlaceRental':
      return place(state, command.placed);
    case 'FailPlacement':
      return failPlacement(state, command);
    case 'StartRental':
      return start(state, command);
    case 'EndRental':
      return end(state, command);
    case 'RevokeAccess':
      return revoke(state, command);
    case 'MeterUsage':
      return meter(state, command);
    case 'CloseMeter':
      return closeMeter(state);
    case 'PlanSettlement':
      return planSettlement(state, command);
    case 'CloseSettlement':
      return closeSettlement(state);
    default:
      return state.status === 'absent' ? absent() : decidePlan(state.rental.plans, command);
  }
}

export const rentalDecider: Decider<RentalState, RentalCommand, RentalFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
