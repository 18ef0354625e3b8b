/** The facts of a SPOT rental that has to yield: told, and the telling delivered. */

import type { Millis } from '../time.js';
import type { PreemptionReceipt } from './receipt.js';

export interface PreemptionNoticed {
  readonly rules: string;
  /** The rental it yields to. */
  readonly beneficiaryId: string;
  /** The GPUs that are held for the beneficiary from here on. */
  readonly gpuUuids: readonly string[];
  readonly receipt: PreemptionReceipt;
  readonly noticedAt: Millis;
}

export interface PreemptionDelivered {
  readonly attempt: number;
  readonly deliveredAt: Millis;
  /** 90 s after the delivery: not a moment sooner does the rental end. */
  readonly deadlineAt: Millis;
}
