/** What reputation's duties stand on: injected, so that each can be run alone, and all of them in one process without servers. */

import type { Clock } from '@tokenos/runtime/clock';
import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { Handler } from '@tokenos/runtime/handle';
import type { Records } from './repositories/port.js';

export interface Parts {
  readonly records: Records;
  readonly act: Pick<Handler, 'handle'>;
  /** One stream's facts, in order. */
  readonly read: (stream: string) => Promise<readonly Envelope[]>;
  readonly clock: Clock;
  /** Brings the view up to everything the store holds now. */
  readonly catchUp: () => Promise<void>;
}
