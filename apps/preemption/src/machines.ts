/** Which machines are there and which of their cards work: each node's last heartbeat, in memory, there again seconds after a restart. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';

/** As allocation has it: three heartbeats in a row missed, and nobody yields for that machine. */
const ONLINE_WITHIN: Millis = 15 * SECOND;

interface LastHeard {
  readonly at: Millis;
  readonly healthyGpus: ReadonlySet<string>;
}

export class Machines {
  private readonly last = new Map<string, LastHeard>();

  constructor(private readonly clock: Clock) {}

  /** `at`: when the bus stored the heartbeat, in the platform's time. One that comes late changes nothing. */
  heard(nodeId: string, at: Millis, healthyGpus: readonly string[]): void {
    const known = this.last.get(nodeId);
    if (known === undefined || known.at <= at) this.last.set(nodeId, { at, healthyGpus: new Set(healthyGpus) });
  }

  isOnline(nodeId: string): boolean {
    const known = this.last.get(nodeId);
    return known !== undefined && this.clock.now() - known.at <= ONLINE_WITHIN;
  }

  isHealthy(nodeId: string, gpuUuid: string): boolean {
    return this.last.get(nodeId)?.healthyGpus.has(gpuUuid) ?? false;
  }
}
