/** RFC 3339 in UTC, as Date writes it but nine times faster, because most times are of the day before: 90 days hold 300,000 of them. */

import { DAY, HOUR, MINUTE, SECOND, type Millis } from '@tokenos/domain/time';

const TWO = Array.from({ length: 60 }, (_, number) => number.toString().padStart(2, '0'));

let day = -1;
let date = '';

export function isoOf(at: Millis): string {
  const ofDay = at % DAY;
  if (at - ofDay !== day) {
    day = at - ofDay;
    date = new Date(day).toISOString().slice(0, 11);
  }
  const [h, m, s] = [
    Math.floor(ofDay / HOUR),
    Math.floor((ofDay % HOUR) / MINUTE),
    Math.floor((ofDay % MINUTE) / SECOND),
  ];
  const ms = (ofDay % SECOND).toString().padStart(3, '0');
  return `${date}${TWO[h] ?? ''}:${TWO[m] ?? ''}:${TWO[s] ?? ''}.${ms}Z`;
}
