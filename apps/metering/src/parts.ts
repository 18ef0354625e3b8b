/** What metering's duties stand on: injected, so that each can be run alone, and all of them in one process without servers. */

import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { Repositories } from './repositories/port.js';

export interface Parts extends Repositories {
  readonly act: Pick<Handler, 'handle' | 'load'>;
  readonly clock: Clock;
  /** Whether all telemetry the bus had stored when this was asked has been written down here. */
  readonly caughtUp: () => Promise<boolean>;
  /** Core NATS: whoever listens now. */
  readonly publish: (subject: string, value: unknown) => void;
}
