/** What each fact makes due for allocation. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import { SECOND, type Millis } from '@tokenos/domain/time';

/** An attempt has this long to become ready. */
export const READY_WITHIN: Millis = 15 * SECOND;
/** A minute needs a probe that began at most 120 s before its end: two in that time, so that one may be lost. */
export const PROBE_EVERY: Millis = 45 * SECOND;
export type DutyKind =
  | 'place'
  | 'give-up'
  | 'desired'
  | 'start'
  | 'attempt-deadline'
  | 'probe'
  | 'term'
  | 'lost'
  | 'revoke'
  | 'release'
  | 'orphan'
  | 'verify';

export function reactions(envelope: Envelope): readonly DutyChange[] {
  return categoryOf(envelope.stream) === 'rental' ? toRental(envelope) : [];
}

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
      return [due('desired', at)];
    case 'RentalStarted':
      return [
        drop('attempt-deadline'),
        drop('give-up'),
        due('desired', at),
        due('probe', fact.data.startedAt + PROBE_EVERY),
        due('term', fact.data.endsAt),
      ];
    case 'RentalEnded':
      return [
        ...(['place', 'give-up', 'start', 'attempt-deadline', 'probe', 'term', 'lost'] as const).map(drop),
        due('desired', at),
        due('release', at),
      ];
    case 'AccessRevoked':
      return [due('release', at), due('desired', at)];
    default:
      return [];
  }
}
