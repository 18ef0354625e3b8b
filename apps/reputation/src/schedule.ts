/** When a day's score is computed: five minutes into it, so that yesterday's uptime is on record. */

import { type Day, dayStart } from '@tokenos/domain/day';
import { MINUTE, type Millis } from '@tokenos/domain/time';

export const dueOn = (day: Day): Millis => dayStart(day) + 5 * MINUTE;
