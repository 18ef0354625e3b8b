/** Time in the domain: integer milliseconds since the Unix epoch, always an argument, never read from a clock. */

export type Millis = number;

export const SECOND: Millis = 1_000;
export const MINUTE: Millis = 60 * SECOND;
export const HOUR: Millis = 60 * MINUTE;
export const DAY: Millis = 24 * HOUR;
