/** What each fact makes due for settlement. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { paymentStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { DutyChange } from '@tokenos/runtime/views/duty';

export type DutyKind = 'scan' | 'look' | 'credit' | 'finality' | 'expire' | 'settle' | 'return';

/** Finality takes 7 to 13 s on mainnet: no use asking sooner. */
const FINALITY_AFTER: Millis = 2 * SECOND;

export function reactions(envelope: Envelope): readonly DutyChange[] {
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      return toRental(envelope);
    case 'payment':
      return toPayment(envelope);
    default:
      return [];
  }
}

function toRental(envelope: Envelope): readonly DutyChange[] {
  const rentalId = idOf(envelope.stream);
  const at = Date.parse(envelope.at);
  const due = (kind: DutyKind, dueAt: Millis): DutyChange => ({ do: 'schedule', kind, key: rentalId, dueAt });
  const fact = rentalStream.decode(envelope);
  switch (fact.type) {
    case 'RentalRequested':
      return [due('expire', fact.data.quote.expiresAt)];
    case 'PaymentReceived': {
      const payload = { rentalId };
      const dueAt = at + FINALITY_AFTER;
      return [{ do: 'schedule', kind: 'finality', key: fact.data.signature, dueAt, payload }];
    }
    case 'PaymentFinalized':
    case 'RequestExpired':
    case 'RentalEnded':
    case 'MeterClosed':
    case 'SettlementPlanned':
    case 'SettlementSigned':
    case 'SettlementExpired':
    case 'SettlementFailed':
      return [due('settle', at)];
    default:
      return [];
  }
}

function toPayment(envelope: Envelope): readonly DutyChange[] {
  const due = (kind: DutyKind): DutyChange => {
    return { do: 'schedule', kind, key: idOf(envelope.stream), dueAt: Date.parse(envelope.at) };
  };
  const fact = paymentStream.decode(envelope);
  switch (fact.type) {
    case 'PaymentSeen':
      return [due(fact.data.assignedTo === null ? 'return' : 'credit')];
    case 'SettlementPlanned':
    case 'SettlementSigned':
    case 'SettlementExpired':
    case 'SettlementFailed':
      return [due('return')];
    default:
      return [];
  }
}
