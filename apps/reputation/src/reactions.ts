/** What each fact makes due for reputation. Pure: every duty looks at its stream and the records again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { operatorStream, rentalStream } from '@tokenos/contracts/facts/streams';
import { addDays, type Day, dayOf } from '@tokenos/domain/day';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import { dueOn } from './schedule.js';
import { saysOutcome } from './view/view.js';

export function reactions(envelope: Envelope): readonly DutyChange[] {
  const key = idOf(envelope.stream);
  const at = Date.parse(envelope.at);
  switch (categoryOf(envelope.stream)) {
    case 'rental':
      return saysOutcome(rentalStream.decode(envelope)) ? [{ do: 'schedule', kind: 'note', key, dueAt: at }] : [];
    case 'operator': {
      const fact = operatorStream.decode(envelope);
      if (fact.type === 'OperatorRegistered') return [scoreAfter(key, dayOf(at))];
      return fact.type === 'ReputationRecomputed' ? [scoreAfter(key, fact.data.day)] : [];
    }
    default:
      return [];
  }
}

const scoreAfter = (key: string, day: Day): DutyChange => ({
  do: 'schedule',
  kind: 'recompute',
  key,
  dueAt: dueOn(addDays(day, 1)),
});
