/** What each fact makes due for settlement. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { anchorStream, paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { INTERIM_MINUTES } from '@tokenos/domain/rental/decide/settlement';
import type { UsageMetered } from '@tokenos/domain/rental/facts';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { DutyChange } from '@tokenos/runtime/views/duty';

export type DutyKind =
  'scan' | 'scan_foreign' | 'look' | 'finality' | 'expire' | 'settle' | 'return' | 'begin_anchor' | 'anchor';

/** Finality takes 7 to 13 s on mainnet: no use asking sooner. */
const FINALITY_AFTER: Millis = 2 * SECOND;

export function reactions(envelope: Envelope): readonly DutyChange[] {
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      return toRental(envelope);
    case 'payment':
      return toPayment(envelope);
    case 'anchor':
      return toAnchor(envelope);
    default:
      return [];
  }
}

function toRental(envelope: Envelope): readonly DutyChange[] {
  const rentalId = idOf(envelope.stream);
  const at = Date.parse(envelope.at);
  const schedule = (kind: DutyKind, dueAt: Millis): DutyChange => ({ do: 'schedule', kind, key: rentalId, dueAt });
  const fact = rentalStream.decode(envelope);
  switch (fact.type) {
    case 'RentalRequested':
      return [schedule('expire', fact.data.quote.expiresAt)];
    case 'PaymentReceived': {
      const payload = { rentalId };
      return [{ do: 'schedule', kind: 'finality', key: fact.data.signature, dueAt: at + FINALITY_AFTER, payload }];
    }
    case 'UsageMetered':
      return completesADay(fact.data) ? [schedule('settle', at)] : [];
    case 'PaymentFinalized':
    case 'PaymentVanished':
    case 'RentalReleased':
    case 'RequestExpired':
    case 'RentalEnded':
    case 'MeterClosed':
      return [schedule('settle', at)];
    default:
      return [];
  }
}

/** Of metered minutes: operators of a long rental are paid once for each. */
const completesADay = ({ firstMinute, bitmap }: UsageMetered): boolean =>
  Math.floor((firstMinute + bitmap.length) / INTERIM_MINUTES) > Math.floor(firstMinute / INTERIM_MINUTES);

/** What became of a plan makes nothing due: the duty that carries it out stays until it has ended. */
function toPayment(envelope: Envelope): readonly DutyChange[] {
  const fact = paymentStream.decode(envelope);
  if (fact.type !== 'PaymentSeen' || fact.data.assignedTo !== null) return [];
  return [{ do: 'schedule', kind: 'return', key: idOf(envelope.stream), dueAt: Date.parse(envelope.at) }];
}

/** Once begun it is carried on by the same duty until it is published. */
function toAnchor(envelope: Envelope): readonly DutyChange[] {
  if (anchorStream.decode(envelope).type !== 'AnchorBegun') return [];
  return [{ do: 'schedule', kind: 'anchor', key: idOf(envelope.stream), dueAt: Date.parse(envelope.at) }];
}
