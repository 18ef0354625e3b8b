/** A rental as a tagged union: an illegal state has no fields to hold it. */

import type { CarbonAttributed } from '../carbon/facts.js';
import type { Plan } from '../settlement/plan.js';
import type { Millis } from '../time.js';
import type { CheckpointRequested, CheckpointSaved } from './checkpoint.js';
import type { RentalEnded } from './ending.js';
import type { ExtensionQuoted } from './extension.js';
import type {
  AccessRevoked,
  CredentialIssued,
  MeterClosed,
  PaymentInstructions,
  PaymentReceived,
  Quote,
  RentalPlaced,
  RentalTerms,
} from './facts.js';
import type { RentalHalted } from './halt.js';
import type { RentalInterrupted } from './interruption.js';
import type { RentalRated, RentalSettled } from './outcome.js';
import type { Run } from './run.js';

export interface Payment extends PaymentReceived {
  readonly finalized: boolean;
  /** Not on the final chain: it counts for nothing. */
  readonly vanished: boolean;
  /** Block time within the life of what it pays: only these can start, or extend, a rental. */
  readonly inTime: boolean;
}

export interface Extension extends ExtensionQuoted {
  readonly extended: boolean;
}

/** The latest one; null where none was asked for. */
export interface Checkpoint {
  readonly requested: CheckpointRequested;
  readonly saved: CheckpointSaved | null;
}

/** What every rental has from its first fact on. */
export interface Rental {
  readonly rentalId: string;
  readonly buyerId: string;
  readonly terms: RentalTerms;
  readonly quote: Quote;
  readonly payment: PaymentInstructions;
  readonly credential: CredentialIssued | null;
  /** Oldest first. */
  readonly payments: readonly Payment[];
  readonly plans: readonly Plan[];
  readonly failedPlacements: readonly RentalPlaced[];
  readonly extensions: readonly Extension[];
  /** Attempts whose last session, listener and process are gone. */
  readonly revoked: readonly AccessRevoked[];
  readonly checkpoint: Checkpoint | null;
  readonly halted: RentalHalted | null;
  readonly carbon: CarbonAttributed | null;
  readonly rating: RentalRated | null;
}

export interface Closing {
  readonly end: RentalEnded;
  /** The attempt that held GPUs at the end, or held them last; null where none did. */
  readonly placement: RentalPlaced | null;
  readonly run: Run | null;
  readonly meterClosed: MeterClosed | null;
  readonly accessRevokedAt: Millis | null;
}

export type RentalState =
  | { readonly status: 'absent' }
  | { readonly status: 'requested'; readonly rental: Rental }
  | { readonly status: 'paid'; readonly rental: Rental; readonly paidAt: Millis }
  | {
      readonly status: 'placed';
      readonly rental: Rental;
      readonly paidAt: Millis;
      readonly placement: RentalPlaced;
    }
  | { readonly status: 'running'; readonly rental: Rental; readonly run: Run }
  | {
      /** Its machine is gone; another one is looked for. */
      readonly status: 'interrupted';
      readonly rental: Rental;
      readonly run: Run;
      readonly interruption: RentalInterrupted;
      /** The next attempt, while it is starting. */
      readonly placement: RentalPlaced | null;
    }
  | { readonly status: 'ended'; readonly rental: Rental; readonly closing: Closing }
  | { readonly status: 'expired'; readonly rental: Rental }
  | {
      readonly status: 'settled';
      readonly rental: Rental;
      /** Null where the request expired without ever being paid in full. */
      readonly closing: Closing | null;
      readonly totals: RentalSettled;
    };

export type RentalStatus = RentalState['status'];
export type Present = Exclude<RentalState, { status: 'absent' }>;

/** The run of a rental that started, whether it still runs or not. */
export function runOf(state: RentalState): Run | null {
  switch (state.status) {
    case 'running':
    case 'interrupted':
      return state.run;
    case 'ended':
      return state.closing.run;
    case 'settled':
      return state.closing?.run ?? null;
    default:
      return null;
  }
}

/** How the rental closed; null while it is open or where it expired unpaid. */
export function closingOf(state: RentalState): Closing | null {
  return state.status === 'ended' || state.status === 'settled' ? state.closing : null;
}

/** The attempt now holding (or last having held) GPUs. */
export function placementOf(state: RentalState): RentalPlaced | null {
  if (state.status === 'placed') return state.placement;
  if (state.status === 'interrupted') return state.placement ?? state.run.placement;
  return closingOf(state)?.placement ?? runOf(state)?.placement ?? null;
}
