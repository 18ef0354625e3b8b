/** The facts of a machine that fails under a running rental: interrupted, resumed on another one, the buyer back in it. */

import type { Millis } from '../time.js';
import type { Fault } from './ending.js';

/** The machine is gone under a running rental: nothing is billed until another one has it. */
export interface RentalInterrupted {
  readonly attempt: number;
  readonly operatorId: string;
  readonly why: string;
  readonly fault: Fault;
  readonly interruptedAt: Millis;
}

export interface RentalResumed {
  readonly attempt: number;
  readonly resumedAt: Millis;
}

export type ReturnWay = 'login' | 'on_start' | 'checkpoint';

/** After a failover billing begins again here: with the first minute that starts at this time or later. */
export interface BuyerReturned {
  readonly attempt: number;
  readonly returnedAt: Millis;
  readonly how: ReturnWay;
}
