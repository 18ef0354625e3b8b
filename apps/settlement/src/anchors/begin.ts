/** Once a day, when the day before is over: begins its anchor. A day that nobody began by the next midnight has none, for ever. */

import { addDays, dayOf, dayStart } from '@tokenos/domain/day';
import { DAY, MINUTE, type Millis } from '@tokenos/domain/time';
import type { DutyChange, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import type { DutyKind } from '../reactions.js';
import { anchors } from '../streams.js';

/** After midnight: what was on its way then is stored by now. */
const AFTER_MIDNIGHT: Millis = MINUTE;

export async function beginAnchor({ act, clock, store }: Parts): Promise<DutyOutcome> {
  const today = dayStart(dayOf(clock.now()));
  const [first] = await store.readAll(null, 1);
  // A day before the first fact has nothing to anchor.
  if (first !== undefined && Date.parse(first.envelope.at) < today) {
    const day = addDays(dayOf(today), -1);
    await act.handle(anchors, day, (at) => ({ type: 'BeginAnchor', at, day }));
  }
  return { again: today + DAY + AFTER_MIDNIGHT };
}

/** At the start: the day that ended while nobody was here is anchored at once; one before it never. */
export const anchorDue = (now: Millis): DutyChange => ({
  ...{ do: 'schedule', kind: 'begin_anchor' satisfies DutyKind, key: 'daily', dueAt: now },
});
