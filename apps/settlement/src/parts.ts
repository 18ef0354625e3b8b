/** What settlement's duties stand on: injected, so that each can be run alone, and all of them in one process without servers. */

import type { Clock } from '@tokenos/runtime/clock';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Handler } from '@tokenos/runtime/handle';
import type { Ids } from '@tokenos/runtime/ids';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { Millis } from '@tokenos/domain/time';
import type { ChainPort } from './chain/port.js';
import type { Repositories } from './repositories/port.js';

export interface Parts extends Repositories {
  readonly act: Handler;
  readonly store: Pick<EventStore, 'readAll'>;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly chain: ChainPort;
  readonly signals: Signals;
  /** How long a transfer nobody is waiting for is kept before it goes back by itself. */
  readonly returnUnmatchedAfter: Millis;
  /** Brings the view up to everything the store holds now. */
  readonly catchUp: () => Promise<void>;
}
