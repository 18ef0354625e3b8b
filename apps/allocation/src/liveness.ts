/** Which machines are there and which of their cards work: each node's last heartbeat, in memory, there again seconds after a restart. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Clock } from '@tokenos/runtime/clock';

/** Three heartbeats in a row missed: no new rental goes there. */
export const ONLINE_WITHIN: Millis = 15 * SECOND;
/** Silent this long and failing its probe too: the node is lost. */
export const LOST_AFTER: Millis = 60 * SECOND;

interface LastHeard {
  readonly at: Millis;
  readonly healthyGpus: ReadonlySet<string>;
}

export class Liveness {
  private readonly last = new Map<string, LastHeard>();
  /** Silence before this is ours: we, or the way from the gateway to us, were not there to hear. */
  private listeningSince: Millis;
  private canaryAt: Millis | null = null;

  /** `canaryKey`: of the platform's own heartbeat, which comes by the same gateway and bus and says whether that way is open. */
  constructor(
    private readonly clock: Clock,
    readonly canaryKey: string | null = null,
  ) {
    this.listeningSince = clock.now();
  }

  /** `at`: when the bus stored the heartbeat, in the platform's time. One that comes late changes nothing. */
  heard(nodeId: string, at: Millis, healthyGpus: readonly string[]): void {
    const known = this.last.get(nodeId);
    if (known === undefined || known.at <= at) this.last.set(nodeId, { at, healthyGpus: new Set(healthyGpus) });
  }

  /** After a pause of the canary's everybody's silence begins anew. */
  heardCanary(at: Millis): void {
    if (this.canaryAt === null || at - this.canaryAt > ONLINE_WITHIN) this.listeningSince = this.clock.now();
    this.canaryAt = Math.max(this.canaryAt ?? 0, at);
  }

  /** False for a node not heard since this service started: it will be, if it is there. */
  isOnline(nodeId: string): boolean {
    const known = this.last.get(nodeId);
    return known !== undefined && this.clock.now() - known.at <= ONLINE_WITHIN;
  }

  isHealthy(nodeId: string, gpuUuid: string): boolean {
    return this.last.get(nodeId)?.healthyGpus.has(gpuUuid) ?? false;
  }

  /** Silent for so long that it is no accident, while others could be heard: where even our own canary cannot, the fault is ours. */
  isLost(nodeId: string): boolean {
    return this.canBeHeard() && this.silentFor(nodeId) > LOST_AFTER;
  }

  private canBeHeard(): boolean {
    if (this.canaryKey === null) return true;
    return this.canaryAt !== null && this.clock.now() - this.canaryAt <= ONLINE_WITHIN;
  }

  /** At most since this service began to listen: our own absence is nobody else's silence, whatever the bus kept from before it. */
  private silentFor(nodeId: string): Millis {
    return this.clock.now() - Math.max(this.last.get(nodeId)?.at ?? 0, this.listeningSince);
  }
}
