/** What preemption's duties stand on: injected, so that each can be run alone, and all of them in the simulation. */

import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Machines } from './machines.js';
import type { Stores } from './ports/stores.js';

export interface Parts extends Stores {
  /** Appends, and folds what it appended into this service's own view at once. */
  readonly act: Pick<Handler, 'handle' | 'load'>;
  readonly queue: Pick<DutyQueue, 'enqueue'>;
  readonly clock: Clock;
  readonly machines: Machines;
}
