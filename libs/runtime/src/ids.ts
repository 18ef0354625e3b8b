/** Ids as a port, so that tests and the simulation can name what they make. */

import { uuidv7 } from 'uuidv7';

export interface Ids {
  /** A fresh UUIDv7: sorts by time, so that new rows land at the end of an index. */
  next(): string;
}

export const randomIds: Ids = { next: () => uuidv7() };
