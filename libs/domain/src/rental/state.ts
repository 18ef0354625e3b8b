/** A rental as a tagged union: an illegal state has no fields to hold it. */

import type { Plan } from '../settlement/plan.js';
import type { Millis } from '../time.js';
import type {
  CredentialIssued,
  MeterClosed,
  PaymentInstructions,
  PaymentReceived,
  Quote,
  RentalEnded,
  RentalPlaced,
  RentalSettled,
  RentalTerms,
  UsageMetered,
} from './facts.js';

export interface Payment extends PaymentReceived {
  readonly finalized: boolean;
  /** Block time within the quote's life: only these can start a rental. */
  readonly inTime: boolean;
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
}

/** From the first authenticated probe on. */
export interface Run {
  readonly placement: RentalPlaced;
  readonly startedAt: Millis;
  readonly endsAt: Millis;
  readonly metered: readonly UsageMetered[];
}

export interface Closing {
  readonly end: RentalEnded;
  /** The attempt that held GPUs at the end; null where none did. */
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

/** The run of a rental that started, whether it still runs or not. */
export function runOf(state: RentalState): Run | null {
  switch (state.status) {
    case 'running':
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
  return state.status === 'placed' ? state.placement : (runOf(state)?.placement ?? closingOf(state)?.placement ?? null);
}
