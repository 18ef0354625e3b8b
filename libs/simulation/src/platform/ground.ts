/** What every service of one simulation stands on: one clock, one seed, one store. */

import type { Random } from '@tokenos/runtime/bus/backoff';
import type { EventStore } from '@tokenos/runtime/event-store/port';
import type { Ids } from '@tokenos/runtime/ids';
import type { Signals } from '@tokenos/runtime/service/signals';
import type { Mischief } from '../kernel/mischief.js';
import type { Timeline } from '../kernel/timeline.js';

export interface Ground {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly ids: Ids;
  readonly store: EventStore;
  readonly signals: Signals;
  readonly mischief: Mischief;
  /** Takes together what repeats without consequence (see kernel/steady.ts). */
  readonly hurries: boolean;
  /** Processes die now; not while the stage is being set. */
  readonly isWild: () => boolean;
}
