/** What each fact makes due for preemption. Pure: every duty re-reads its stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { DutyChange } from '@tokenos/runtime/views/duty';

export type DutyKind = 'make-room' | 'deliver' | 'checkpoint' | 'end';

export function reactions(envelope: Envelope): readonly DutyChange[] {
  if (categoryOf(envelope.stream) !== 'rental') return [];
  const key = idOf(envelope.stream);
  const fact = rentalStream.decode(envelope);
  const drop = (kind: DutyKind): DutyChange => ({ do: 'cancel', kind, key });
  switch (fact.type) {
    case 'PreemptionNoticed':
      return [{ do: 'schedule', kind: 'checkpoint', key, dueAt: Date.parse(envelope.at) }];
    case 'PreemptionDelivered':
      return [drop('deliver'), { do: 'schedule', kind: 'end', key, dueAt: fact.data.deadlineAt }];
    // It has yielded without us.
    case 'RentalInterrupted':
    case 'RentalEnded':
      return (['make-room', 'deliver', 'checkpoint', 'end'] as const).map(drop);
    default:
      return [];
  }
}
