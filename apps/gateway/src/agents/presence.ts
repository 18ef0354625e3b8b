/** Which machines are there: the time of each one's last heartbeat, in memory, filled again within seconds of a restart. */

import { Inject, type OnApplicationBootstrap } from '@nestjs/common';
import { heartbeat } from '@tokenos/contracts/agent/protocol';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Bus } from '@tokenos/runtime/bus/bus';
import type { Clock } from '@tokenos/runtime/clock';
import { BUS, CLOCK } from '@tokenos/runtime/service/tokens';

/** Three heartbeats in a row missed: nobody is sent there. */
export const ONLINE_WITHIN: Millis = 15 * SECOND;

export class Presence implements OnApplicationBootstrap {
  private readonly heardAt = new Map<string, Millis>();

  constructor(
    @Inject(BUS) private readonly bus: Bus,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Heartbeats are checked by the gateway that takes them in; here they are heard from all gateways. */
  onApplicationBootstrap(): void {
    this.bus.connection.subscribe('telemetry.node.*.heartbeat', {
      callback: (error, message) => {
        const parsed = error === null ? heartbeat.safeParse(message.json()) : null;
        if (parsed?.success && message.subject === telemetryHeartbeat(parsed.data.nodeId))
          this.heard(parsed.data.nodeId);
      },
    });
  }

  heard(nodeId: string): void {
    this.heardAt.set(nodeId, this.clock.now());
  }

  isOnline(nodeId: string): boolean {
    const at = this.heardAt.get(nodeId);
    return at !== undefined && this.clock.now() - at <= ONLINE_WITHIN;
  }
}
