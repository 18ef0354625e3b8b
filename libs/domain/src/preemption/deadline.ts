/** How long a SPOT rental that has been told to yield goes on. */

import { SECOND, type Millis } from '../time.js';

/** From the delivery of the notice to the end. */
export const NOTICE: Millis = 90 * SECOND;

/** Who was not told is not ended. */
export const deadlineOf = (deliveredAt: Millis): Millis => deliveredAt + NOTICE;
