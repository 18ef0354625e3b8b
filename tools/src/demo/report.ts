/** What the demo says at its end: one JSON object for machines, a few lines for people. */

import type { RentalDetail } from '@tokenos/contracts/api/rental';
import type { Finding } from '@tokenos/audit/finding';
import type { HeardTick } from '../client/meter.js';

/** What every story's report has. */
export interface StoryReport {
  readonly story: string;
  readonly facts: number;
  /** Empty: the exit code is 0. */
  readonly auditFindings: readonly Finding[];
}

export interface Report extends StoryReport {
  readonly rentalId: string;
  /** From the wallet's send returning to the first byte of remote output over the real ssh; wall time. */
  readonly payToSshMs: number;
  readonly sshOutput: string;
  readonly ticks: readonly HeardTick[];
  readonly minutesBilled: number;
  readonly paidMicroUsdc: string;
  readonly chargedMicroUsdc: string;
  readonly feeMicroUsdc: string;
  readonly operatorMicroUsdc: string;
  readonly refundedMicroUsdc: string;
  readonly refundSignature: string | null;
  readonly payoutSignature: string | null;
  readonly clockScale: number;
}

export interface Outcome {
  readonly story: string;
  readonly rental: RentalDetail;
  readonly payToSshMs: number;
  readonly sshOutput: string;
  readonly ticks: readonly HeardTick[];
  readonly audited: { readonly facts: number; readonly findings: readonly Finding[] };
  readonly clockScale: number;
}

export function reportOf({ story, rental, payToSshMs, sshOutput, ticks, audited, clockScale }: Outcome): Report {
  const { totals, plans } = rental.settlement;
  const signatureTo = (role: 'operator' | 'refund'): string | null =>
    plans.find((plan) => plan.transfers.some((transfer) => transfer.role === role))?.signature ?? null;
  return {
    story,
    rentalId: rental.rentalId,
    payToSshMs,
    sshOutput,
    ticks,
    minutesBilled: rental.cost.minutesServed,
    paidMicroUsdc: totals?.paidMicroUsdc ?? '0',
    chargedMicroUsdc: totals?.chargedMicroUsdc ?? '0',
    feeMicroUsdc: totals?.feeMicroUsdc ?? '0',
    operatorMicroUsdc: totals?.operatorMicroUsdc ?? '0',
    refundedMicroUsdc: totals?.refundedMicroUsdc ?? '0',
    refundSignature: signatureTo('refund'),
    payoutSignature: signatureTo('operator'),
    facts: audited.facts,
    auditFindings: audited.findings,
    clockScale,
  };
}
