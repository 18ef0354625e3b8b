/** The rental decider: one command in, facts out. Each part is a small file in `decide/`. */

import { rejected, type Decider, type Outcome } from '../decider.js';
import { decidePlan } from '../settlement/plan.js';
import type { RentalCommand } from './commands.js';
import { attributeCarbon, rate } from './decide/afterwards.js';
import { failPlacement, place, revoke, start } from './decide/allocation.js';
import { requestCheckpoint, saveCheckpoint } from './decide/checkpoint.js';
import { end } from './decide/end.js';
import { quoteExtension } from './decide/extension.js';
import { halt, release } from './decide/halt.js';
import { interrupt, noteReturn, resume } from './decide/interruption.js';
import { closeMeter, meter } from './decide/metering.js';
import { expire, finalizePayment, recordPayment, vanishPayment } from './decide/payment.js';
import { deliver, endPreempted, notice } from './decide/preemption.js';
import { absent } from './decide/refuse.js';
import { issueCredential, request, stop } from './decide/request.js';
import { planCorrection } from './decide/correction.js';
import { closeSettlement, planSettlement } from './decide/settlement.js';
import { evolve } from './evolve.js';
import type { RentalFact } from './facts.js';
import type { Present, RentalState } from './state.js';

function decide(state: RentalState, command: RentalCommand): Outcome<RentalFact> {
  if (command.type === 'RequestRental') return request(state, command);
  if (state.status === 'absent') return absent();
  const { halted } = state.rental;
  if (halted !== null && HELD_STILL.includes(command.type)) {
    return rejected({ code: 'halted', context: { invariant: halted.invariant } });
  }
  return decidePresent(state, command);
}

/** What a halted rental refuses: nothing is placed, planned or signed. It still meters, and it still ends. */
const HELD_STILL: readonly RentalCommand['type'][] = [
  'PlaceRental',
  'PlanSettlement',
  'PlanCorrection',
  'SignPlan',
  'CloseSettlement',
];

function decidePresent(state: Present, command: Exclude<RentalCommand, { type: 'RequestRental' }>) {
  switch (command.type) {
    case 'IssueCredential':
      return issueCredential(state, command);
    case 'StopRental':
      return stop(state, command.at);
    case 'QuoteExtension':
      return quoteExtension(state, command);
    case 'RateRental':
      return rate(state, command);
    case 'RequestCheckpoint':
      return requestCheckpoint(state, command);
    case 'SaveCheckpoint':
      return saveCheckpoint(state, command.saved);
    case 'RecordPayment':
      return recordPayment(state, command.payment);
    case 'FinalizePayment':
      return finalizePayment(state, command.signature);
    case 'VanishPayment':
      return vanishPayment(state, command.signature);
    case 'ExpireRequest':
      return expire(state, command.scannedTo);
    case 'PlaceRental':
      return place(state, command.placed);
    case 'FailPlacement':
      return failPlacement(state, command);
    case 'StartRental':
      return start(state, command);
    case 'InterruptRental':
      return interrupt(state, command);
    case 'ResumeRental':
      return resume(state, command);
    case 'NoteReturn':
      return noteReturn(state, command);
    case 'NoticePreemption':
      return notice(state, command.notice);
    case 'DeliverPreemption':
      return deliver(state, command);
    case 'EndPreempted':
      return endPreempted(state, command.at);
    case 'EndRental':
      return end(state, command);
    case 'RevokeAccess':
      return revoke(state, command);
    case 'MeterUsage':
      return meter(state, command);
    case 'CloseMeter':
      return closeMeter(state);
    case 'AttributeCarbon':
      return attributeCarbon(state, command.carbon);
    case 'PlanSettlement':
      return planSettlement(state, command);
    case 'PlanCorrection':
      return planCorrection(state, command);
    case 'CloseSettlement':
      return closeSettlement(state);
    case 'HaltRental':
      return halt(state, command);
    case 'ReleaseRental':
      return release(state, command);
    default:
      return decidePlan(state.rental.plans, command);
  }
}

export const rentalDecider: Decider<RentalState, RentalCommand, RentalFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
