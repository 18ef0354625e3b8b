/** What a UsageMetered claims, with all that its rental's stream said by then about the machine that had the minutes. */

import type { RentalData } from '../wire.js';

export interface Claim {
  readonly stream: string;
  readonly revision: number;
  /** When it was recorded, epoch milliseconds. */
  readonly at: number;
  readonly usage: RentalData<'UsageMetered'>;
  readonly startedAt: number;
  readonly placed: Pick<RentalData<'RentalPlaced'>, 'nodeId' | 'gpus'>;
  /** '1' for each minute that its machine had whole, with its buyer let in, and that was over in time. */
  readonly open: string;
}
