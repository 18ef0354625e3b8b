/** I8: billed minutes lie between start and end, each at most once, in order, on a machine that had them whole. */

import type { Here } from '../here.js';
import { minutesOver } from '../units.js';
import type { RentalData } from '../wire.js';
import { billableEnd, minutesServed, type Rental } from './fold.js';
import { ownerOf, partsOf, serve, type Run } from './run.js';
import { complete, judge } from './verdicts.js';

type Usage = RentalData<'UsageMetered'>;

export function meter(rental: Rental, usage: Usage, here: Here): void {
  const { run } = rental;
  const { note, at } = here;
  if (run === null) {
    note('I8', 'minutes are metered before the start');
    return;
  }
  if (rental.meterClosed) note('I8', 'minutes are metered after the meter closed');
  note.compare('I8', 'first minute not metered yet', run.nextMinute, usage.firstMinute);
  const over = minutesOver(run.startedAt, Math.min(at, billableEnd(run, rental.end)));
  const end = usage.firstMinute + usage.bitmap.length;
  if (end > over) note('I8', `minute ${end - 1} is metered, but only ${over} minutes were over`);
  claim(run, usage, over, here);
  count(run, usage, over, here);
  run.nextMinute = Math.max(run.nextMinute, end);
}

/** As the stream stands now: what is said of the machine later changes nothing in what is metered. */
function claim(run: Run, usage: Usage, over: number, { stream, revision, at, books }: Here): void {
  const { firstMinute, bitmap } = usage;
  const { nodeId, gpus } = ownerOf(run, firstMinute).attempt.placed;
  let open = '';
  for (const { from, to, whole } of partsOf(run, firstMinute, firstMinute + bitmap.length)) {
    const [begins, ends] = [clamp(whole.from, from, to), clamp(Math.min(whole.to, over), from, to)];
    open += '0'.repeat(begins - from) + '1'.repeat(Math.max(0, ends - begins));
    open = open.padEnd(to - firstMinute, '0');
  }
  books.evidence.seeClaim({ stream, revision, at, usage, startedAt: run.startedAt, placed: { nodeId, gpus }, open });
}

/** Only what may be billed is counted, so that a plan which bills a minute twice is found out as well. */
function count(run: Run, { firstMinute, bitmap, attempt }: Usage, over: number, { note }: Here): void {
  const parts = partsOf(run, firstMinute, firstMinute + bitmap.length);
  const foreign = parts.find(({ owner }) => owner.placed.attempt !== attempt)?.owner.placed.attempt;
  note.compare('I8', 'attempt that had the minutes', foreign ?? attempt, attempt);
  for (const { from, to, owner, whole } of parts) {
    let [minutes, last] = [0, 0];
    for (let minute = Math.max(from, run.nextMinute); minute < Math.min(to, over); minute++) {
      if (bitmap[minute - firstMinute] !== '1') continue;
      if (minute < whole.from || minute >= whole.to) {
        note('I8', `minute ${minute} was not the buyer's from beginning to end`);
      } else [minutes, last] = [minutes + 1, minute];
    }
    if (minutes > 0) serve(run, minutes, last, owner);
  }
}

const clamp = (value: number, from: number, to: number): number => Math.min(Math.max(value, from), to);

export function closeMeter(rental: Rental, closed: RentalData<'MeterClosed'>, here: Here): void {
  const { run, end } = rental;
  const { note } = here;
  if (run === null || end === null || rental.meterClosed) {
    note('order', 'there is no meter to close');
    return;
  }
  rental.meterClosed = true;
  const over = minutesOver(run.startedAt, billableEnd(run, end));
  if (run.nextMinute < over) note('I8', `minutes ${run.nextMinute} to ${over - 1} were never metered`);
  const expected = { lastMinute: over - 1, minutesServed: minutesServed(rental) };
  note.compare('I8', 'the closed meter', expected, closed);
  complete(rental, here);
  judge(rental, here);
}
