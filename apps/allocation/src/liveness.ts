/** Which machines are there: the time of each node's last heartbeat, in memory, filled again within seconds of a restart. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';

/** Three heartbeats in a row missed: no new rental goes there. */
export const ONLINE_WITHIN: Millis = 15 * SECOND;
/** Silent this long and failing its probe too: the node is lost. */
export const LOST_AFTER: Millis = 60 * SECOND;

export class Liveness {
  private readonly heardAt = new Map<string, Millis>();
  private readonly listeningSince: Millis;

  constructor(private readonly clock: Clock) {
    this.listeningSince = clock.now();
  }

  /** `at`: when the bus stored the heartbeat, in the platform's time. */
  heard(nodeId: string, at: Millis): void {
    this.heardAt.set(nodeId, Math.max(at, this.heardAt.get(nodeId) ?? 0));
  }

  /** False for a node not heard since this service started: it will be, if it is there. */
  isOnline(nodeId: string): boolean {
    return this.heardAt.has(nodeId) && this.silentFor(nodeId) <= ONLINE_WITHIN;
  }

  /** Counted from when this service began to listen: our own absence is nobody else's silence. */
  silentFor(nodeId: string): Millis {
    return this.clock.now() - (this.heardAt.get(nodeId) ?? this.listeningSince);
  }
}
