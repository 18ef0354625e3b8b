/** The commands of a rental, grouped by the one service that may give each. Every command carries the time it is given. */

import type { MicroUsdc } from '../money.js';
import type { PlanCommand } from '../settlement/plan.js';
import type { Millis } from '../time.js';
import type {
  Fault,
  PaymentInstructions,
  PaymentReceived,
  RentalPlaced,
  RentalTerms,
  SshKey,
  UsageMetered,
} from './facts.js';

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
  | { readonly type: 'StopRental'; readonly at: Millis };

export type SettlementCommand =
  | { readonly type: 'RecordPayment'; readonly payment: PaymentReceived }
  | { readonly type: 'FinalizePayment'; readonly signature: string }
  | { readonly type: 'ExpireRequest'; readonly scannedTo: Millis }
  | {
      readonly type: 'PlanSettlement';
      readonly planId: string;
      /** Payout wallet by operator id, for every operator that served. */
      readonly operatorWallets: Readonly<Record<string, string>>;
      /** Wallets that cannot receive now (frozen, no token account): their part waits, everyone else is paid. */
      readonly parkedWallets: readonly string[];
    }
  | { readonly type: 'CloseSettlement' }
  | PlanCommand;

export type AllocationCommand =
  | { readonly type: 'PlaceRental'; readonly placed: RentalPlaced }
  | { readonly type: 'FailPlacement'; readonly attempt: number; readonly why: string; readonly fault: Fault }
  | { readonly type: 'StartRental'; readonly attempt: number; readonly at: Millis }
  | {
      readonly type: 'EndRental';
      readonly at: Millis;
      readonly reason: 'term_elapsed' | 'node_failed' | 'capacity_unavailable';
      readonly fault: Fault;
    }
  | { readonly type: 'RevokeAccess'; readonly attempt: number; readonly at: Millis };

export type MeteringCommand =
  { readonly type: 'MeterUsage'; readonly at: Millis; readonly usage: UsageMetered } | { readonly type: 'CloseMeter' };

export type RentalCommand = GatewayCommand | SettlementCommand | AllocationCommand | MeteringCommand;
