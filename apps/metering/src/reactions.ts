/** What each fact makes due for metering. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import { MAX_MINUTES_PER_FACT, minuteStart, wholeMinutes } from '@tokenos/domain/metering/minutes';
import type { DutyChange } from '@tokenos/runtime/views/duty';

export function reactions(envelope: Envelope): readonly DutyChange[] {
  if (categoryOf(envelope.stream) !== 'rental') return [];
  const key = idOf(envelope.stream);
  const fact = rentalStream.decode(envelope);
  switch (fact.type) {
    case 'RentalStarted': {
      const { startedAt } = fact.data;
      return [
        { do: 'schedule', kind: 'tick', key, dueAt: minuteStart(startedAt, 1) },
        { do: 'schedule', kind: 'meter', key, dueAt: minuteStart(startedAt, MAX_MINUTES_PER_FACT) },
      ];
    }
    case 'RentalExtended': {
      // It may have ticked its last just before. A longer term is whole minutes longer, so this is on the same beat.
      const { endsAt } = fact.data;
      const left = wholeMinutes(Date.parse(envelope.at), endsAt);
      return [{ do: 'schedule', kind: 'tick', key, dueAt: minuteStart(endsAt, -left) }];
    }
    case 'RentalEnded':
      return [
        { do: 'cancel', kind: 'tick', key },
        { do: 'schedule', kind: 'meter', key, dueAt: Date.parse(envelope.at) },
      ];
    default:
      return [];
  }
}
