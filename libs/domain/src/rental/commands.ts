/** The commands of a rental, grouped by the one service that may give each. Every command carries the time it is given. */

import type { MicroUsdc } from '../money.js';
import type { PlanCommand } from '../settlement/plan.js';
import type { Millis } from '../time.js';
import type { CarbonAttributed } from '../carbon/facts.js';
import type { PreemptionNoticed } from '../preemption/facts.js';
import type { Transfer } from '../settlement/facts.js';
import type { CheckpointSaved } from './checkpoint.js';
import type { EndReason, Fault } from './ending.js';
import type { PaymentInstructions, PaymentReceived, RentalPlaced, RentalTerms, SshKey, UsageMetered } from './facts.js';
import type { RentalHalted } from './halt.js';
import type { ReturnWay } from './interruption.js';

/** Whoever finds that an invariant does not hold stops that one rental. */
export type HaltCommand = { readonly type: 'HaltRental'; readonly at: Millis } & Omit<RentalHalted, 'haltedAt'>;

export interface RequestCheckpoint {
  readonly type: 'RequestCheckpoint';
  readonly at: Millis;
  readonly path: string;
}

export type GatewayCommand =
  | {
      readonly type: 'RequestRental';
      readonly at: Millis;
      readonly rentalId: string;
      readonly buyerId: string;
      /** As asked; the decider refuses what is not on the rate sheet. */
      readonly terms: Omit<RentalTerms, 'gpuTier'> & { readonly gpuTier: string };
      readonly capMicroUsdcPerHour: MicroUsdc;
      readonly surplusMicroUsdc: MicroUsdc;
      readonly feeBps: number;
      readonly payment: PaymentInstructions;
    }
  | {
      readonly type: 'IssueCredential';
      readonly at: Millis;
      readonly keys: readonly SshKey[];
      readonly username: string;
    }
  | { readonly type: 'StopRental'; readonly at: Millis }
  | {
      readonly type: 'QuoteExtension';
      readonly at: Millis;
      readonly extensionId: string;
      readonly minutes: number;
      readonly reference: string;
      readonly surplusMicroUsdc: MicroUsdc;
    }
  | { readonly type: 'RateRental'; readonly at: Millis; readonly stars: number }
  | RequestCheckpoint
  | { readonly type: 'ReleaseRental'; readonly at: Millis; readonly why: string }
  | HaltCommand;

export type SettlementCommand =
  | { readonly type: 'RecordPayment'; readonly payment: PaymentReceived }
  | { readonly type: 'FinalizePayment'; readonly signature: string }
  | { readonly type: 'VanishPayment'; readonly signature: string }
  | { readonly type: 'ExpireRequest'; readonly scannedTo: Millis }
  | {
      readonly type: 'PlanSettlement';
      readonly planId: string;
      /** Payout wallet by operator id, for every operator that served. */
      readonly operatorWallets: Readonly<Record<string, string>>;
      /** Wallets that cannot receive now (frozen, no token account): their part waits, everyone else is paid. */
      readonly parkedWallets: readonly string[];
    }
  | {
      /** The platform pays of its own, after the books were closed. */
      readonly type: 'PlanCorrection';
      readonly planId: string;
      readonly why: string;
      readonly transfers: readonly Transfer[];
      /** Payout wallet by operator id, as of now, for every operator that served. */
      readonly operatorWallets: Readonly<Record<string, string>>;
    }
  | { readonly type: 'CloseSettlement' }
  | PlanCommand
  | HaltCommand;

export type AllocationCommand =
  | { readonly type: 'PlaceRental'; readonly placed: RentalPlaced }
  | { readonly type: 'FailPlacement'; readonly attempt: number; readonly why: string; readonly fault: Fault }
  | { readonly type: 'StartRental'; readonly attempt: number; readonly at: Millis }
  | {
      readonly type: 'EndRental';
      readonly at: Millis;
      readonly reason: Exclude<EndReason, 'buyer_stopped' | 'preempted'>;
      readonly fault: Fault;
    }
  | {
      readonly type: 'InterruptRental';
      readonly at: Millis;
      readonly attempt: number;
      readonly why: string;
      readonly fault: Fault;
    }
  | { readonly type: 'ResumeRental'; readonly at: Millis; readonly attempt: number }
  | { readonly type: 'NoteReturn'; readonly at: Millis; readonly attempt: number; readonly how: ReturnWay }
  | { readonly type: 'SaveCheckpoint'; readonly saved: CheckpointSaved }
  | HaltCommand
  | { readonly type: 'RevokeAccess'; readonly attempt: number; readonly at: Millis };

export type MeteringCommand =
  | { readonly type: 'MeterUsage'; readonly at: Millis; readonly usage: UsageMetered }
  | { readonly type: 'CloseMeter' }
  | HaltCommand;

export type PreemptionCommand =
  | { readonly type: 'NoticePreemption'; readonly notice: PreemptionNoticed }
  /** `at`: when the machine reported that the buyer has been told. */
  | { readonly type: 'DeliverPreemption'; readonly at: Millis; readonly attempt: number }
  | { readonly type: 'EndPreempted'; readonly at: Millis }
  | RequestCheckpoint
  | HaltCommand;

export type CarbonCommand = { readonly type: 'AttributeCarbon'; readonly carbon: CarbonAttributed } | HaltCommand;

export type RentalCommand =
  GatewayCommand | SettlementCommand | AllocationCommand | MeteringCommand | PreemptionCommand | CarbonCommand;
