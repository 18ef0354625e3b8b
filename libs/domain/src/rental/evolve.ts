/** How facts fold into a rental's state. Total: a fact that does not fit a state leaves it as it is. */

import { evolvePlans } from '../settlement/plan.js';
import type { RentalEnded } from './ending.js';
import type { MeterClosed, RentalFact } from './facts.js';
import { credit, extend, finalize, quoteExtension, vanish } from './evolve/money.js';
import { deliver, interrupted, note, placed, resumed, returned, started, unplaced, usage } from './evolve/running.js';
import type { RentalSettled } from './outcome.js';
import { placementOf, runOf, type Closing, type Present, type Rental, type RentalState } from './state.js';

export function evolve(state: RentalState, fact: RentalFact): RentalState {
  if (fact.type === 'RentalRequested') {
    return state.status === 'absent' ? { status: 'requested', rental: { ...fact.data, ...NOTHING_YET } } : state;
  }
  if (state.status === 'absent') return state;
  switch (fact.type) {
    case 'PaymentReceived':
      return credit(state, fact.data);
    case 'PaymentFinalized':
      return finalize(state, fact.data.signature);
    case 'PaymentVanished':
      return vanish(state, fact.data.signature);
    case 'RequestExpired':
      return state.status === 'requested' ? { status: 'expired', rental: state.rental } : state;
    case 'CredentialIssued':
      return update(state, { credential: fact.data });
    case 'RentalPlaced':
      return placed(state, fact.data);
    case 'PlacementFailed':
      return unplaced(state);
    case 'RentalStarted':
      return started(state, fact.data);
    case 'RentalInterrupted':
      return interrupted(state, fact.data);
    case 'RentalResumed':
      return resumed(state, fact.data);
    case 'BuyerReturned':
      return returned(state, fact.data);
    case 'ExtensionQuoted':
      return quoteExtension(state, fact.data);
    case 'RentalExtended':
      return extend(state, fact.data);
    case 'PreemptionNoticed':
      return note(state, fact.data);
    case 'PreemptionDelivered':
      return deliver(state, fact.data);
    case 'CheckpointRequested':
      return update(state, { checkpoint: { requested: fact.data, saved: null } });
    case 'CheckpointSaved':
      return state.rental.checkpoint === null
        ? state
        : update(state, { checkpoint: { ...state.rental.checkpoint, saved: fact.data } });
    case 'UsageMetered':
      return usage(state, fact.data);
    case 'MeterClosed':
      return closeMeter(state, fact.data);
    case 'RentalEnded':
      return end(state, fact.data);
    case 'AccessRevoked':
      return revoke(state, fact.data);
    case 'CarbonAttributed':
      return update(state, { carbon: fact.data });
    case 'RentalRated':
      return update(state, { rating: fact.data });
    case 'RentalHalted':
      return update(state, { halted: fact.data });
    case 'RentalReleased':
      return update(state, { halted: null });
    case 'RentalSettled':
      return settled(state, fact.data);
    default:
      return update(state, { plans: evolvePlans(state.rental.plans, fact) });
  }
}

const NOTHING_YET = {
  credential: null,
  payments: [],
  plans: [],
  failedPlacements: [],
  extensions: [],
  revoked: [],
  checkpoint: null,
  halted: null,
  carbon: null,
  rating: null,
};

const update = (state: Present, change: Partial<Rental>): Present => ({
  ...state,
  rental: { ...state.rental, ...change },
});

function end(state: Present, ended: RentalEnded): RentalState {
  if (state.status === 'ended' || state.status === 'expired' || state.status === 'settled') return state;
  const placement = placementOf(state);
  const revoked = state.rental.revoked.find(({ attempt }) => attempt === placement?.attempt);
  const closing: Closing = {
    end: ended,
    placement,
    run: runOf(state),
    meterClosed: null,
    accessRevokedAt: revoked?.revokedAt ?? null,
  };
  return { status: 'ended', rental: state.rental, closing };
}

function close(state: Present, change: Partial<Closing>): Present {
  if ((state.status !== 'ended' && state.status !== 'settled') || state.closing === null) return state;
  return { ...state, closing: { ...state.closing, ...change } };
}

const closeMeter = (state: Present, meterClosed: MeterClosed): RentalState => close(state, { meterClosed });

function revoke(state: Present, fact: Extract<RentalFact, { type: 'AccessRevoked' }>['data']): RentalState {
  const known = update(state, { revoked: [...state.rental.revoked, fact] });
  return placementOf(state)?.attempt === fact.attempt ? close(known, { accessRevokedAt: fact.revokedAt }) : known;
}

function settled(state: Present, totals: RentalSettled): RentalState {
  if (state.status !== 'ended' && state.status !== 'expired') return state;
  const closing = state.status === 'ended' ? state.closing : null;
  return { status: 'settled', rental: state.rental, closing, totals };
}
