/** Who alone may append each fact, as docs/rules/invariants.md lists it. */

import type { RentalWire, StreamFact } from './wire.js';

type FactType = StreamFact['fact']['type'];

const EVERYONE = ['gateway', 'settlement', 'allocation', 'metering', 'preemption', 'carbon'];

const AUTHORS: Readonly<Record<Exclude<FactType, 'RentalEnded.v1'>, string | readonly string[]>> = {
  'RentalRequested.v1': 'gateway',
  'CredentialIssued.v1': 'gateway',
  'PaymentReceived.v1': 'settlement',
  'PaymentFinalized.v1': 'settlement',
  'PaymentVanished.v1': 'settlement',
  'RequestExpired.v1': 'settlement',
  'ExtensionQuoted.v1': 'gateway',
  'RentalExtended.v1': 'settlement',
  'RentalPlaced.v1': 'allocation',
  'PlacementFailed.v1': 'allocation',
  'RentalStarted.v1': 'allocation',
  'RentalInterrupted.v1': 'allocation',
  'RentalResumed.v1': 'allocation',
  'BuyerReturned.v1': 'allocation',
  'PreemptionNoticed.v1': 'preemption',
  'PreemptionDelivered.v1': 'preemption',
  'CheckpointRequested.v1': ['gateway', 'preemption'],
  'CheckpointSaved.v1': 'allocation',
  'AccessRevoked.v1': 'allocation',
  'UsageMetered.v1': 'metering',
  'MeterClosed.v1': 'metering',
  'CarbonAttributed.v1': 'carbon',
  'RentalRated.v1': 'gateway',
  'RentalHalted.v1': EVERYONE,
  'RentalReleased.v1': 'gateway',
  'SettlementPlanned.v1': 'settlement',
  'SettlementSigned.v1': 'settlement',
  'SettlementExpired.v1': 'settlement',
  'SettlementFailed.v1': 'settlement',
  'SettlementConfirmed.v1': 'settlement',
  'SettlementFinalized.v1': 'settlement',
  'RentalSettled.v1': 'settlement',
  'PaymentSeen.v1': 'settlement',
  'PaymentReturned.v1': 'settlement',
  'NodeEnrolled.v1': 'gateway',
  'NodePriced.v1': 'gateway',
  'NodeDrained.v1': 'gateway',
  'NodeResumed.v1': 'gateway',
  'NodeRetired.v1': 'gateway',
  'NodeVerified.v1': 'allocation',
  'NodeRejected.v1': 'allocation',
  'NodePueDeclared.v1': 'gateway',
  'NodeUptimeRecorded.v1': 'metering',
  'OperatorRegistered.v1': 'gateway',
  'OperatorWalletChanged.v1': 'gateway',
  'ReputationRecomputed.v1': 'reputation',
  'AnchorBegun.v1': 'settlement',
  'AnchorPlanned.v1': 'settlement',
  'AnchorSigned.v1': 'settlement',
  'AnchorExpired.v1': 'settlement',
  'AnchorFailed.v1': 'settlement',
  'AnchorPublished.v1': 'settlement',
};

type EndReason = Extract<RentalWire, { type: 'RentalEnded.v1' }>['data']['reason'];

const ENDS: Readonly<Record<EndReason, string>> = {
  buyer_stopped: 'gateway',
  term_elapsed: 'allocation',
  node_failed: 'allocation',
  capacity_unavailable: 'allocation',
  operator_withdrew: 'allocation',
  payment_vanished: 'allocation',
  preempted: 'preemption',
};

/** All who may, first the one who usually does. */
export function authorsOf(fact: StreamFact['fact']): readonly string[] {
  const authors = fact.type === 'RentalEnded.v1' ? ENDS[fact.data.reason] : AUTHORS[fact.type];
  return typeof authors === 'string' ? [authors] : authors;
}
