/** What each fact makes due for allocation. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream, rentalStream } from '@tokenos/contracts/facts/streams';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import { MINUTE, SECOND, type Millis } from '@tokenos/domain/time';

/** An attempt has this long to become ready. */
export const READY_WITHIN: Millis = 15 * SECOND;
/** A minute needs a probe that began at most 120 s before its end: two in that time, so that one may be lost. */
export const PROBE_EVERY: Millis = 45 * SECOND;
/** A buyer who is not back this long after a failover will not be. */
export const ABSENT_AFTER: Millis = 30 * MINUTE;

export type DutyKind =
  | 'place'
  | 'give-up'
  | 'desired'
  | 'start'
  | 'attempt-deadline'
  | 'probe'
  | 'term'
  | 'lost'
  | 'withdraw'
  | 'returned'
  | 'absent'
  | 'checkpoint'
  | 'uncovered'
  | 'revoke'
  | 'release'
  | 'orphan'
  | 'verify';

export function reactions(envelope: Envelope): readonly DutyChange[] {
  const category = categoryOf(envelope.stream);
  return category === 'rental' ? toRental(envelope) : category === 'node' ? toNode(envelope) : [];
}

function toNode(envelope: Envelope): readonly DutyChange[] {
  if (nodeStream.decode(envelope).type !== 'NodeRetired') return [];
  return [{ do: 'schedule', kind: 'withdraw', key: idOf(envelope.stream), dueAt: Date.parse(envelope.at) }];
}

/** Reminders that only an open rental needs. */
const WHILE_OPEN: readonly DutyKind[] = [
  ...(['place', 'give-up', 'start', 'attempt-deadline', 'probe', 'term', 'lost'] as const),
  ...(['returned', 'absent', 'uncovered'] as const),
];

function toRental(envelope: Envelope): readonly DutyChange[] {
  const key = idOf(envelope.stream);
  const at = Date.parse(envelope.at);
  const due = (kind: DutyKind, dueAt: Millis): DutyChange => ({ do: 'schedule', kind, key, dueAt });
  const drop = (kind: DutyKind): DutyChange => ({ do: 'cancel', kind, key });
  const fact = rentalStream.decode(envelope);
  switch (fact.type) {
    case 'PaymentReceived':
      return [due('place', at), due('give-up', at)];
    case 'RentalPlaced':
      return [drop('place'), due('desired', at), due('attempt-deadline', at + READY_WITHIN)];
    case 'PlacementFailed':
      return [
        drop('attempt-deadline'),
        drop('start'),
        due('desired', at),
        due('release', at),
        due('place', at),
        // Looked at again, because the last attempt may just have failed.
        due('give-up', at),
      ];
    case 'CredentialIssued':
    case 'PreemptionNoticed':
    case 'CheckpointRequested':
      return [due('desired', at)];
    case 'PaymentVanished':
      return [due('uncovered', at)];
    case 'RentalStarted':
      return [
        drop('attempt-deadline'),
        drop('give-up'),
        due('desired', at),
        due('probe', fact.data.startedAt + PROBE_EVERY),
        due('term', fact.data.endsAt),
      ];
    case 'RentalInterrupted':
      return [
        ...(['probe', 'lost', 'returned', 'absent'] as const).map(drop),
        due('desired', at),
        due('release', at),
        due('place', at),
        due('give-up', at),
      ];
    case 'RentalResumed':
      return [
        ...(['attempt-deadline', 'give-up'] as const).map(drop),
        due('desired', at),
        due('probe', fact.data.resumedAt + PROBE_EVERY),
        due('absent', fact.data.resumedAt + ABSENT_AFTER),
      ];
    case 'BuyerReturned':
      return [drop('absent'), drop('returned')];
    case 'RentalExtended':
      return [due('desired', at), due('term', fact.data.endsAt)];
    case 'RentalReleased':
      return [due('place', at)];
    case 'RentalEnded':
      return [...WHILE_OPEN.map(drop), due('desired', at), due('release', at)];
    case 'AccessRevoked':
      return [due('release', at), due('desired', at)];
    default:
      return [];
  }
}
