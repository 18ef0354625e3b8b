/** A rental's state and facts, told to its buyer. Pure; states are folded by the domain, never guessed from single facts. */

import type { CarbonAnswer } from '@tokenos/contracts/api/carbon';
import { both } from '@tokenos/contracts/api/money';
import type { RentalDetail, RentalSummary } from '@tokenos/contracts/api/rental';
import { baseType } from '@tokenos/contracts/facts/streams';
import { ZERO } from '@tokenos/domain/money';
import { price } from '@tokenos/domain/pricing/pricing';
import type { Payment, Rental, RentalState } from '@tokenos/domain/rental/state';
import { closingOf, placementOf, runOf } from '@tokenos/domain/rental/state';
import { costOf, minutesServed } from '@tokenos/domain/rental/usage';
import type { Plan } from '@tokenos/domain/settlement/plan';
import type { Millis } from '@tokenos/domain/time';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import { courseOf } from './course.js';
import type { Links } from './links.js';
import { paymentOf } from './solana-pay.js';
import { waitingFor } from './waiting-for.js';

export type KnownRental = Exclude<RentalState, { status: 'absent' }>;

export const instant = (at: Millis): string => new Date(at).toISOString();

export function quoteOf({ quote, terms }: Rental) {
  return {
    rules: quote.rules,
    tier: terms.tier,
    tierBps: quote.tierBps,
    feeBps: quote.feeBps,
    gpuTier: terms.gpuTier,
    gpuCount: terms.gpuCount,
    minutes: terms.minutes,
    ...both('cap', quote.capMicroUsdcPerHour),
    ...both('price', quote.priceMicroUsdc),
    ...both('surplus', quote.surplusMicroUsdc),
    ...both('total', quote.totalMicroUsdc),
    expiresAt: instant(quote.expiresAt),
  };
}

/** Metered minutes and their cost so far; what an hour costs while it runs. */
export function costAnswer(state: KnownRental) {
  const { rental } = state;
  const run = runOf(state);
  const burning = state.status === 'running' ? state.run.placement.rateMicroUsdcPerHour : null;
  const { tierBps } = rental.quote;
  const hour = { tierBps, gpuCount: rental.terms.gpuCount, minutes: 60 };
  return {
    minutesServed: run === null ? 0 : minutesServed(run),
    ...both('cost', costOf(rental, run)),
    ...both('burnPerHour', burning === null ? ZERO : price({ ...hour, rateMicroUsdcPerHour: burning })),
  };
}

export function summaryOf(state: KnownRental, links: Links): RentalSummary {
  const { rentalId, terms, quote } = state.rental;
  const run = runOf(state);
  const endsAt = closingOf(state)?.end.effectiveAt ?? run?.endsAt;
  return {
    rentalId,
    state: state.status,
    label: terms.label,
    gpuTier: terms.gpuTier,
    gpuCount: terms.gpuCount,
    tier: terms.tier,
    minutes: terms.minutes,
    requestedAt: instant(quote.quotedAt),
    startedAt: run === null ? null : instant(run.startedAt),
    endsAt: endsAt === undefined ? null : instant(endsAt),
    cost: costAnswer(state),
    links,
  };
}

export interface Placed {
  readonly region: string;
  readonly simulated: boolean;
}

export interface DetailParts {
  readonly envelopes: readonly Envelope[];
  /** The machine it is, or was, placed on. */
  readonly node: Placed | null;
  readonly carbon: CarbonAnswer | null;
  readonly links: Links;
}

export function detailOf(state: KnownRental, { envelopes, node, carbon, links }: DetailParts): RentalDetail {
  const { rental } = state;
  const end = closingOf(state)?.end;
  return {
    ...summaryOf(state, links),
    course: courseOf(state),
    waitingFor: waitingFor(state),
    quote: quoteOf(rental),
    payment: { ...paymentOf(rental), received: rental.payments.map(receivedOf) },
    placement: placementAnswer(state, node),
    carbon,
    end: end === undefined ? null : { reason: end.reason, fault: end.fault, effectiveAt: instant(end.effectiveAt) },
    settlement: { plans: rental.plans.map(planOf), totals: totalsOf(state) },
    timeline: envelopes.map(({ at, type, by }) => ({ at, fact: baseType(type), by })),
  };
}

function placementAnswer(state: KnownRental, node: Placed | null): RentalDetail['placement'] {
  const placement = placementOf(state);
  if (placement === null || node === null) return null;
  const { attempt, nodeId, operatorId, gpus, rateMicroUsdcPerHour } = placement;
  return {
    attempt,
    nodeId,
    operatorId,
    region: node.region,
    simulated: node.simulated,
    gpuUuids: gpus.map(({ uuid }) => uuid),
    ...both('ratePerGpuHour', rateMicroUsdcPerHour),
    failedAttempts: state.rental.failedPlacements.length,
  };
}

export const receivedOf = (payment: Payment) => ({
  signature: payment.signature,
  payer: payment.payer,
  ...both('amount', payment.amountMicroUsdc),
  blockTime: instant(payment.blockTime),
  inTime: payment.inTime,
  finalized: payment.finalized,
});

export const signatureOf = (plan: Plan): string | null => (plan.status === 'planned' ? null : plan.signed.signature);

const planOf = (plan: Plan) => ({
  planId: plan.planned.planId,
  kind: plan.planned.kind,
  status: plan.status,
  signature: signatureOf(plan),
  transfers: plan.planned.transfers.map(({ role, to, amountMicroUsdc }) => ({
    role,
    to,
    ...both('amount', amountMicroUsdc),
  })),
  ...both('charged', plan.planned.chargedMicroUsdc),
  ...both('fee', plan.planned.feeMicroUsdc),
});

function totalsOf(state: KnownRental) {
  if (state.status !== 'settled') return null;
  const { totals } = state;
  return {
    ...both('paid', totals.paidMicroUsdc),
    ...both('charged', totals.chargedMicroUsdc),
    ...both('fee', totals.feeMicroUsdc),
    ...both('operator', totals.operatorMicroUsdc),
    ...both('refunded', totals.refundedMicroUsdc),
  };
}
