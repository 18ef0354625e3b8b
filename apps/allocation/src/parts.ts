/** What allocation's duties stand on: injected, so that each can be run alone, and all of them in the simulation. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import type { Bucket } from '@tokenos/runtime/bus/bucket';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Liveness } from './liveness.js';
import type { Stores } from './ports/stores.js';
import type { ProbeTarget } from './probe/ssh-probe.js';

export interface Parts extends Stores {
  /** Appends, and folds what it appended into this service's own view at once. */
  readonly act: Pick<Handler, 'handle' | 'load'>;
  readonly queue: Pick<DutyQueue, 'enqueue'>;
  readonly clock: Clock;
  readonly liveness: Liveness;
  readonly desired: Pick<Bucket<DesiredNode>, 'get' | 'update'>;
  /** Null on success, else why not. `onTry` is called as each try begins: the answer is the last one's. */
  readonly probe: (target: ProbeTarget, onTry: () => void) => Promise<string | null>;
  readonly readHostKey: (host: string, port: number) => Promise<string>;
  readonly publishStored: (subject: string, value: unknown) => Promise<void>;
  /** Core NATS: to whoever listens now. */
  readonly publish: (subject: string, value: unknown) => void;
  /** New SPOT rentals leave this many GPUs of each class idle. */
  readonly spotReserve: number;
}
