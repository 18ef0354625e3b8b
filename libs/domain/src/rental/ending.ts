/** Why a rental ended, and whose fault it was. */

import type { Millis } from '../time.js';

export type Fault = 'buyer' | 'operator' | 'platform' | 'none';

export type EndReason =
  | 'buyer_stopped'
  | 'term_elapsed'
  | 'node_failed'
  | 'capacity_unavailable'
  | 'operator_withdrew'
  | 'payment_vanished'
  | 'preempted';

export interface RentalEnded {
  readonly reason: EndReason;
  readonly fault: Fault;
  readonly effectiveAt: Millis;
}
