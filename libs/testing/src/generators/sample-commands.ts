/** Every command that the sample rental can be given, with the values that fit it; stories change what they are about. */

import { usdc } from '@tokenos/domain/money';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { EndReason, Fault } from '@tokenos/domain/rental/ending';
import type { PaymentReceived, RentalPlaced, RentalTerms } from '@tokenos/domain/rental/facts';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';
import { signature, uuid } from './names.js';
import {
  credential,
  ENDS_AT,
  failure,
  instructions,
  landing,
  lapse,
  OPERATOR,
  OPERATOR_WALLET,
  payment,
  placement,
  quote,
  RATE,
  RENTAL,
  signing,
  STARTED_AT,
  T0,
  terms,
  usage,
} from './sample-facts.js';

type Of<Type extends RentalCommand['type']> = Extract<RentalCommand, { type: Type }>;

type Asked = Partial<Omit<RentalTerms, 'gpuTier'>> & { readonly gpuTier?: string };

export const request = (asked: Asked = {}, change: Partial<Omit<Of<'RequestRental'>, 'type'>> = {}) =>
  ({
    type: 'RequestRental',
    at: T0,
    rentalId: RENTAL,
    buyerId: 'buyer-1',
    terms: { ...terms, ...asked },
    capMicroUsdcPerHour: RATE,
    surplusMicroUsdc: usdc(1_234n),
    feeBps: 500,
    payment: instructions,
    ...change,
  }) as const satisfies RentalCommand;

export const issue = (n = 1, at: Millis = T0 + SECOND): Of<'IssueCredential'> => ({
  type: 'IssueCredential',
  at,
  ...credential(n),
});
export const stop = (at: Millis): Of<'StopRental'> => ({ type: 'StopRental', at });

export const pay = (n = 1, change: Partial<PaymentReceived> = {}): Of<'RecordPayment'> => ({
  type: 'RecordPayment',
  payment: payment(n, change),
});
export const finalize = (n = 1): Of<'FinalizePayment'> => ({
  type: 'FinalizePayment',
  signature: signature(`Pay${n}`),
});
export const expire = (scannedTo: Millis = quote.expiresAt + 1): Of<'ExpireRequest'> => ({
  type: 'ExpireRequest',
  scannedTo,
});

export const place = (attempt = 1, change: Partial<RentalPlaced> = {}): Of<'PlaceRental'> => ({
  type: 'PlaceRental',
  placed: placement(attempt, change),
});
export const failPlacement = (attempt = 1): Of<'FailPlacement'> => ({
  type: 'FailPlacement',
  attempt,
  why: 'not ready within 15 s',
  fault: 'operator',
});
export const start = (attempt = 1, at: Millis = STARTED_AT): Of<'StartRental'> => ({
  type: 'StartRental',
  attempt,
  at,
});
export const end = (
  reason: Exclude<EndReason, 'buyer_stopped' | 'preempted'>,
  at: Millis,
  fault: Fault = 'none',
): Of<'EndRental'> => ({ type: 'EndRental', at, reason, fault });
export const revoke = (attempt = 1, at: Millis = ENDS_AT + SECOND): Of<'RevokeAccess'> => ({
  type: 'RevokeAccess',
  attempt,
  at,
});

export const meter = (
  firstMinute: number,
  bitmap: string,
  at: Millis = ENDS_AT + MINUTE,
  attempt = 1,
): Of<'MeterUsage'> => ({
  type: 'MeterUsage',
  at,
  usage: usage(firstMinute, bitmap, attempt),
});
export const closeMeter: Of<'CloseMeter'> = { type: 'CloseMeter' };

export const planSettlement = (n = 1, parkedWallets: readonly string[] = []): Of<'PlanSettlement'> => ({
  type: 'PlanSettlement',
  planId: uuid('d', n),
  operatorWallets: { [OPERATOR]: OPERATOR_WALLET },
  parkedWallets,
});
export const sign = (n = 1, version = 1) => ({ type: 'SignPlan', signed: signing(n, version) }) as const;
export const expirePlan = (n = 1, version = 1) => ({ type: 'ExpirePlan', expired: lapse(n, version) }) as const;
export const failPlan = (n = 1, version = 1) => ({ type: 'FailPlan', failed: failure(n, version) }) as const;
export const confirm = (n = 1, version = 1) => ({ type: 'ConfirmPlan', confirmed: landing(n, version) }) as const;
export const finalizePlan = (n = 1, version = 1) => ({ type: 'FinalizePlan', finalized: landing(n, version) }) as const;
export const closeSettlement: Of<'CloseSettlement'> = { type: 'CloseSettlement' };
