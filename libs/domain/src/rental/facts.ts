/** The facts of `rental-<id>`: what happened, with every input a rule used. Amounts are micro-USDC, times epoch milliseconds, absent is null. */

import type { CarbonAttributed } from '../carbon/facts.js';
import type { MinuteBitmap } from '../metering/minutes.js';
import type { MicroUsdc } from '../money.js';
import type { PlacementReceipt } from '../placement/receipt.js';
import type { PreemptionDelivered, PreemptionNoticed } from '../preemption/facts.js';
import type { GpuTier, Tier } from '../pricing/rate-sheet.js';
import type { SettlementFact } from '../settlement/facts.js';
import type { Millis } from '../time.js';
import type { CheckpointRequested, CheckpointSaved } from './checkpoint.js';
import type { Fault, RentalEnded } from './ending.js';
import type { ExtensionQuoted, RentalExtended } from './extension.js';
import type { RentalHalted, RentalReleased } from './halt.js';
import type { BuyerReturned, RentalInterrupted, RentalResumed } from './interruption.js';
import type { RentalRated, RentalSettled } from './outcome.js';

/** Every option of the request that the gateway accepts. */
export interface RentalTerms {
  readonly gpuTier: GpuTier;
  readonly gpuCount: number;
  readonly tier: Tier;
  readonly minutes: number;
  readonly region: string | null;
  readonly minReputationBps: number | null;
  /** Paid but not running within this time of the payment's block time: everything goes back by itself. */
  readonly maxWaitMs: Millis;
  readonly label: string | null;
  /** Saved when a preemption is noticed; absent: nothing is. */
  readonly checkpointPath?: string | undefined;
}

export interface Quote {
  readonly rules: string;
  /** The highest on-demand rate per GPU-hour this rental may be placed at. */
  readonly capMicroUsdcPerHour: MicroUsdc;
  readonly tierBps: number;
  readonly feeBps: number;
  /** The full term at the cap. */
  readonly priceMicroUsdc: MicroUsdc;
  /** 1 to 9,999: makes the amount unique among open quotes; comes back in the refund. */
  readonly surplusMicroUsdc: MicroUsdc;
  /** What to pay: price + surplus. */
  readonly totalMicroUsdc: MicroUsdc;
  readonly quotedAt: Millis;
  readonly expiresAt: Millis;
}

export interface PaymentInstructions {
  readonly mint: string;
  readonly treasury: string;
  readonly reference: string;
  readonly refundTo: string | null;
}

export interface RentalRequested {
  readonly rentalId: string;
  /** Opaque: says nothing about the person. */
  readonly buyerId: string;
  readonly terms: RentalTerms;
  readonly quote: Quote;
  readonly payment: PaymentInstructions;
}

export interface PaymentReceived {
  readonly signature: string;
  readonly amountMicroUsdc: MicroUsdc;
  readonly payer: string;
  readonly blockTime: Millis;
  readonly slot: number;
  readonly genesisHash: string;
  /** The extension it pays; absent: it pays the request itself. */
  readonly extensionId?: string | undefined;
}

export interface PaymentFinalized {
  readonly signature: string;
}

/** It was confirmed once, and the final chain does not have it: the money never came. */
export interface PaymentVanished {
  readonly signature: string;
}

export interface RequestExpired {
  readonly expiresAt: Millis;
  /** Block time the finalized scan had passed when this was decided. */
  readonly scannedTo: Millis;
}

export interface LeasedGpu {
  readonly uuid: string;
  /** Rises with every lease of this GPU; says who holds it. */
  readonly leaseEpoch: number;
}

export interface SshEndpoint {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** "ssh-ed25519 AAAA...": what the buyer's ssh must see. */
  readonly hostKey: string;
}

export interface RentalPlaced {
  readonly attempt: number;
  readonly nodeId: string;
  readonly operatorId: string;
  readonly gpus: readonly LeasedGpu[];
  /** The operator's on-demand rate; the charge uses this, never more than the cap. */
  readonly rateMicroUsdcPerHour: MicroUsdc;
  readonly endpoint: SshEndpoint;
  readonly receipt: PlacementReceipt;
  readonly placedAt: Millis;
}

export interface PlacementFailed {
  readonly attempt: number;
  readonly why: string;
  readonly fault: Fault;
}

export interface SshKey {
  /** One OpenSSH line: "ssh-ed25519 AAAA...". */
  readonly publicKey: string;
  /** "SHA256:...", as ssh-keygen prints it. */
  readonly fingerprint: string;
}

/** The whole set of keys that open this rental from here on: a newer fact replaces an older one and closes its sessions. */
export interface CredentialIssued {
  readonly keys: readonly SshKey[];
  readonly username: string;
  /** Latest instant these keys could possibly open anything; they die earlier, with the rental. */
  readonly notAfter: Millis;
}

export interface RentalStarted {
  readonly attempt: number;
  readonly startedAt: Millis;
  readonly endsAt: Millis;
}

export interface UsageMetered {
  readonly firstMinute: number;
  readonly bitmap: MinuteBitmap;
  readonly attempt: number;
  /** SHA-256 of the signed heartbeats and probes behind the bitmap. */
  readonly evidenceSha256: string;
}

export interface MeterClosed {
  /** Index of the last whole minute before the end; -1 where none was completed. */
  readonly lastMinute: number;
  readonly minutesServed: number;
}

export interface AccessRevoked {
  readonly attempt: number;
  readonly revokedAt: Millis;
}

type Of<Type extends string, Data> = { readonly type: Type; readonly data: Data };

export type RentalFact =
  | Of<'RentalRequested', RentalRequested>
  | Of<'PaymentReceived', PaymentReceived>
  | Of<'PaymentFinalized', PaymentFinalized>
  | Of<'PaymentVanished', PaymentVanished>
  | Of<'RequestExpired', RequestExpired>
  | Of<'RentalPlaced', RentalPlaced>
  | Of<'PlacementFailed', PlacementFailed>
  | Of<'CredentialIssued', CredentialIssued>
  | Of<'RentalStarted', RentalStarted>
  | Of<'RentalInterrupted', RentalInterrupted>
  | Of<'RentalResumed', RentalResumed>
  | Of<'BuyerReturned', BuyerReturned>
  | Of<'ExtensionQuoted', ExtensionQuoted>
  | Of<'RentalExtended', RentalExtended>
  | Of<'PreemptionNoticed', PreemptionNoticed>
  | Of<'PreemptionDelivered', PreemptionDelivered>
  | Of<'CheckpointRequested', CheckpointRequested>
  | Of<'CheckpointSaved', CheckpointSaved>
  | Of<'UsageMetered', UsageMetered>
  | Of<'MeterClosed', MeterClosed>
  | Of<'RentalEnded', RentalEnded>
  | Of<'AccessRevoked', AccessRevoked>
  | Of<'CarbonAttributed', CarbonAttributed>
  | Of<'RentalRated', RentalRated>
  | Of<'RentalHalted', RentalHalted>
  | Of<'RentalReleased', RentalReleased>
  | Of<'RentalSettled', RentalSettled>
  | SettlementFact;
