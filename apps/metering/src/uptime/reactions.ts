/** What each fact of a machine makes due for its uptime. Pure: the duty re-reads the stream and decides again. */

import { categoryOf, idOf, type Envelope } from '@tokenos/contracts/envelope/envelope';
import { nodeStream } from '@tokenos/contracts/facts/streams';
import { addDays, type Day, dayOf } from '@tokenos/domain/day';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import { recordedFrom } from './record.js';

export function uptimeReactions(envelope: Envelope): readonly DutyChange[] {
  if (categoryOf(envelope.stream) !== 'node') return [];
  const fact = nodeStream.decode(envelope);
  const after = (day: Day): DutyChange[] => [
    { do: 'schedule', kind: 'uptime', key: idOf(envelope.stream), dueAt: recordedFrom(day) },
  ];
  if (fact.type === 'NodeVerified') return after(dayOf(Date.parse(envelope.at)));
  return fact.type === 'NodeUptimeRecorded' ? after(addDays(fact.data.day, 1)) : [];
}
