/** What metering's duties stand on: injected, so that each can be run alone. */

import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { Kysely } from 'kysely';
import type { MeteringTables } from './view/tables.js';

export interface Parts {
  readonly db: Kysely<MeteringTables>;
  readonly act: Pick<Handler, 'handle' | 'load'>;
  readonly clock: Clock;
  /** Whether all telemetry the bus had stored when this was asked has been written down here. */
  readonly caughtUp: () => Promise<boolean>;
  /** Core NATS: whoever listens now. */
  readonly publish: (subject: string, value: unknown) => void;
}
