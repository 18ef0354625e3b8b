/** The facts of a rental that contradicts itself: held still until a person has looked. */

import type { Millis } from '../time.js';

/** An invariant does not hold here: nothing is placed, planned or signed until a person has looked. */
export interface RentalHalted {
  readonly invariant: string;
  readonly evidence: string;
  readonly haltedAt: Millis;
}

export interface RentalReleased {
  readonly why: string;
  readonly releasedAt: Millis;
}
