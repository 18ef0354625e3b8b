/** Facts of one settlement plan: planned, signed, sent, landed, final. Recorded before the chain is touched, on a rental's or a payment's stream. */

import type { MicroUsdc } from '../money.js';
import type { Millis } from '../time.js';

/**
 * `final` closes a rental; `return` gives back money that bought nothing; `interim` pays operators of a long rental while it
 * runs; `correction` is what the platform adds of its own after the books were closed.
 */
export type PlanKind = 'interim' | 'final' | 'return' | 'correction';

export interface Transfer {
  readonly role: 'operator' | 'refund';
  /** The payee's wallet; its token account for the payment's mint is derived. */
  readonly to: string;
  readonly amountMicroUsdc: MicroUsdc;
}

/** One group of served minutes: same operator, same rate. Price and fee are floored once per group. */
export interface ChargeGroup {
  readonly operatorId: string;
  readonly operatorWallet: string;
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly tierBps: number;
  readonly gpuCount: number;
  readonly minutes: number;
}

export interface SettlementPlanned {
  readonly planId: string;
  readonly kind: PlanKind;
  readonly rules: string;
  /** All finalized payments so far. */
  readonly paidMicroUsdc: MicroUsdc;
  readonly feeBps: number;
  readonly groups: readonly ChargeGroup[];
  /** What this plan adds; earlier plans keep what they said. charged = fee + transfers to operators. */
  readonly chargedMicroUsdc: MicroUsdc;
  readonly feeMicroUsdc: MicroUsdc;
  readonly transfers: readonly Transfer[];
  /** promise@1: how many of the first served minutes are in no group; absent: none. */
  readonly freeMinutes?: number | undefined;
  /** What this plan hands out beyond the payments, from the platform's own: a payment vanished, or a correction; absent: nothing. */
  readonly shortfallMicroUsdc?: MicroUsdc | undefined;
  /** Of a correction: the reason, for people. */
  readonly why?: string | undefined;
}

export interface SettlementSigned {
  readonly planId: string;
  /** The signed transaction, base64: after a crash the same bytes are sent again. */
  readonly bytes: string;
  readonly signature: string;
  readonly lastValidBlockHeight: number;
  readonly genesisHash: string;
}

/** These bytes can never land any more: sign again. */
export interface SettlementExpired {
  readonly planId: string;
  readonly signature: string;
  /** The finalized block height that had passed the last valid one when a history search found nothing. */
  readonly finalizedBlockHeight: number;
}

/** Landed with an error, and that is final: nothing moved, this plan is over, and what it promised is planned anew. */
export interface SettlementFailed {
  readonly planId: string;
  readonly signature: string;
  readonly error: string;
}

export interface SettlementConfirmed {
  readonly planId: string;
  readonly signature: string;
  readonly slot: number;
  readonly blockTime: Millis;
}

export interface SettlementFinalized {
  readonly planId: string;
  readonly signature: string;
  readonly slot: number;
  readonly blockTime: Millis;
}

type Of<Type extends string, Data> = { readonly type: Type; readonly data: Data };

export type SettlementFact =
  | Of<'SettlementPlanned', SettlementPlanned>
  | Of<'SettlementSigned', SettlementSigned>
  | Of<'SettlementExpired', SettlementExpired>
  | Of<'SettlementFailed', SettlementFailed>
  | Of<'SettlementConfirmed', SettlementConfirmed>
  | Of<'SettlementFinalized', SettlementFinalized>;
