/** The receipt: every group of served minutes with its rate, what was paid, charged and given back, and where it stands on chain. Pure. */

import type { CarbonAnswer } from '@tokenos/contracts/api/carbon';
import { both } from '@tokenos/contracts/api/money';
import type { Receipt } from '@tokenos/contracts/api/rental';
import { sum } from '@tokenos/domain/money';
import { price } from '@tokenos/domain/pricing/pricing';
import { closingOf, runOf } from '@tokenos/domain/rental/state';
import { servedGroups } from '@tokenos/domain/rental/usage';
import { standing, type Plan } from '@tokenos/domain/settlement/plan';
import { SETTLEMENT } from '@tokenos/domain/settlement/settlement';
import type { Millis } from '@tokenos/domain/time';
import { instant, receivedOf, signatureOf, type KnownRental } from './rental-answers.js';

export interface ReceiptParts {
  readonly simulated: boolean;
  readonly carbon: CarbonAnswer | null;
  readonly issuedAt: Millis;
}

export function receiptOf(state: KnownRental, { simulated, carbon, issuedAt }: ReceiptParts): Receipt {
  const { rental } = state;
  const run = runOf(state);
  const end = closingOf(state)?.end;
  const planned = standing(rental.plans);
  const transfers = planned.flatMap((plan) => plan.transfers);
  const refunded = sum(transfers.filter(({ role }) => role === 'refund').map(({ amountMicroUsdc }) => amountMicroUsdc));
  return {
    rentalId: rental.rentalId,
    state: state.status,
    label: rental.terms.label,
    issuedAt: instant(issuedAt),
    final: state.status === 'settled',
    simulated,
    startedAt: run === null ? null : instant(run.startedAt),
    endedAt: end === undefined ? null : instant(end.effectiveAt),
    items: servedGroups(rental, run).map((group) => ({
      what: `${group.gpuCount} x ${rental.terms.gpuTier}, ${rental.terms.tier}, operator ${group.operatorId}`,
      minutes: group.minutes,
      gpuCount: group.gpuCount,
      tierBps: group.tierBps,
      ...both('ratePerGpuHour', group.rateMicroUsdcPerHour),
      ...both('charge', price(group)),
    })),
    ...both('paid', sum(rental.payments.map(({ amountMicroUsdc }) => amountMicroUsdc))),
    ...both('charged', sum(planned.map((plan) => plan.chargedMicroUsdc))),
    ...both('fee', sum(planned.map((plan) => plan.feeMicroUsdc))),
    ...both('refunded', refunded),
    payments: rental.payments.map(receivedOf),
    transfers: rental.plans.filter(({ status }) => status !== 'failed').flatMap(transfersOf),
    carbon,
    rules: { pricing: rental.quote.rules, settlement: SETTLEMENT },
  };
}

const transfersOf = (plan: Plan) =>
  plan.planned.transfers.map(({ role, to, amountMicroUsdc }) => ({
    role,
    to,
    ...both('amount', amountMicroUsdc),
    signature: signatureOf(plan),
  }));
