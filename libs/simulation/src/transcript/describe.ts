/** What a fact says, in a few words beside its name: amounts, minutes, who and why. */

import type { AnchorFact } from '@tokenos/domain/anchor/facts';
import { servedIn } from '@tokenos/domain/metering/minutes';
import type { PaymentFact } from '@tokenos/domain/payment/payment';
import type { RentalFact } from '@tokenos/domain/rental/facts';
import type { SettlementPlanned } from '@tokenos/domain/settlement/facts';
import { MINUTE, SECOND } from '@tokenos/domain/time';
import { many, money } from './amounts.js';

export type Told = RentalFact | PaymentFact | AnchorFact;
type Words = { readonly [Type in Told['type']]?: (data: Extract<Told, { type: Type }>['data']) => string };

const words: Words = {
  RentalRequested: ({ terms, quote }) =>
    `${terms.tier}, ${terms.gpuCount} x ${terms.gpuTier} for ${many(terms.minutes, 'minute')}, ` +
    `at most ${money(quote.capMicroUsdcPerHour)} per GPU-hour at ${quote.tierBps} bps: ${money(quote.totalMicroUsdc)} to pay`,
  CredentialIssued: ({ keys }) => `${many(keys.length, 'key')} of the buyer`,
  PaymentSeen: ({ why }) => (why === null ? 'assigned to a rental' : `nobody's: ${why}`),
  PaymentReceived: ({ amountMicroUsdc, payer, extensionId }) =>
    `${money(amountMicroUsdc)} from ${payer}${extensionId === undefined ? '' : ', for the extension'}`,
  PaymentFinalized: ({ signature }) => signature,
  PaymentVanished: ({ signature }) => `${signature} is not in the final chain`,
  RentalPlaced: ({ attempt, nodeId, gpus, rateMicroUsdcPerHour }) =>
    `attempt ${attempt} on ${nodeId} (${gpus.map(({ uuid }) => uuid).join(', ')}) at ${money(rateMicroUsdcPerHour)} per GPU-hour`,
  PlacementFailed: ({ attempt, why, fault }) => `attempt ${attempt}: ${why} (fault: ${fault})`,
  RentalStarted: ({ attempt, startedAt, endsAt }) =>
    `attempt ${attempt}, for ${many((endsAt - startedAt) / MINUTE, 'minute')}`,
  UsageMetered: ({ firstMinute, bitmap }) =>
    `minutes ${firstMinute} to ${firstMinute + bitmap.length - 1}: ${servedIn(bitmap)} of ${bitmap.length} served`,
  MeterClosed: ({ minutesServed }) => `${many(minutesServed, 'minute')} served in all`,
  RentalInterrupted: ({ attempt, why, fault }) => `attempt ${attempt}: ${why} (fault: ${fault})`,
  RentalResumed: ({ attempt }) => `attempt ${attempt}`,
  BuyerReturned: ({ attempt, how }) => `to attempt ${attempt}, by ${how}`,
  ExtensionQuoted: ({ minutes, totalMicroUsdc }) => `${many(minutes, 'minute')} more: ${money(totalMicroUsdc)} to pay`,
  RentalExtended: ({ minutes }) => `by ${many(minutes, 'minute')}`,
  PreemptionNoticed: ({ beneficiaryId, gpuUuids }) => `${gpuUuids.join(', ')} for ${beneficiaryId}`,
  PreemptionDelivered: ({ attempt, deliveredAt, deadlineAt }) =>
    `on attempt ${attempt}: ${(deadlineAt - deliveredAt) / SECOND} s from now`,
  CheckpointRequested: ({ path }) => path,
  CheckpointSaved: ({ attempt, bytes }) => `of attempt ${attempt}: ${many(bytes, 'byte')}`,
  RentalEnded: ({ reason, fault }) => `${reason} (fault: ${fault})`,
  AccessRevoked: ({ attempt }) => `attempt ${attempt}`,
  CarbonAttributed: ({ mg, groups }) => `${mg} mg of CO2 on ${many(groups.length, 'machine')}`,
  RentalRated: ({ stars }) => many(stars, 'star'),
  SettlementPlanned: planned,
  SettlementSigned: ({ planId, signature }) => `${planId} as ${signature}`,
  SettlementConfirmed: ({ planId }) => planId,
  SettlementFinalized: ({ planId }) => planId,
  SettlementExpired: ({ planId }) => `${planId} is to be signed again`,
  SettlementFailed: ({ planId, error }) => `${planId}: ${error}`,
  RentalSettled: ({ paidMicroUsdc, operatorMicroUsdc, feeMicroUsdc, refundedMicroUsdc }) =>
    `paid ${money(paidMicroUsdc)} = operators ${money(operatorMicroUsdc)} + fee ${money(feeMicroUsdc)} ` +
    `+ back to the buyer ${money(refundedMicroUsdc)}`,
  AnchorPublished: ({ facts, streams }) => `one root over ${many(facts, 'fact')} on ${many(streams, 'stream')}`,
};

export function describeFact(fact: Told): string {
  const say = words[fact.type] as ((data: Told['data']) => string) | undefined;
  return say?.(fact.data) ?? '';
}

export function planned({
  planId,
  kind,
  groups,
  transfers,
  freeMinutes = 0,
  shortfallMicroUsdc,
}: SettlementPlanned): string {
  const minutes = groups.reduce((total, group) => total + group.minutes, 0);
  const parts = [
    `${planId}, ${kind}, ${many(minutes, 'minute')} billed so far`,
    ...(freeMinutes > 0 ? [`${freeMinutes} free`] : []),
    ...transfers.map(
      ({ role, to, amountMicroUsdc }) => `${money(amountMicroUsdc)} ${role === 'refund' ? 'back to' : 'to'} ${to}`,
    ),
    ...(shortfallMicroUsdc === undefined ? [] : [`the platform adds ${money(shortfallMicroUsdc)}`]),
  ];
  return parts.join('; ');
}
