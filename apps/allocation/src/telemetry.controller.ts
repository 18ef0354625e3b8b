/** Hears what machines say, and wakes the duties that wait for it. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { heartbeat as heartbeatSchema } from '@tokenos/contracts/agent/protocol';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE, DUTIES } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely } from 'kysely';
import { Liveness } from './liveness.js';
import { dutiesOfHeartbeat, type KnownNode } from './telemetry.js';
import type { AllocationTables, LeasePhase } from './view/tables.js';

@Controller()
export class TelemetryController {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<AllocationTables>,
    @Inject(DUTIES) private readonly queue: DutyQueue,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(Liveness) private readonly liveness: Liveness,
  ) {}

  @EventPattern(['telemetry.node.*.heartbeat'])
  async hear(@Payload() payload: unknown, @Ctx() { busTimeMs }: StoredContext): Promise<void> {
    const parsed = heartbeatSchema.safeParse(payload);
    if (!parsed.success) throw new Undecodable(parsed.error.message);
    this.liveness.heard(parsed.data.nodeId, this.clock.fromWall(busTimeMs));
    const node = await this.known(parsed.data.nodeId);
    const changes = dutiesOfHeartbeat(parsed.data, node, this.clock.now());
    if (changes.length > 0) await this.queue.enqueue(...changes);
  }

  private async known(nodeId: string): Promise<KnownNode> {
    const node = await this.db
      .selectFrom('nodes')
      .select('verification')
      .where('node_id', '=', nodeId)
      .executeTakeFirst();
    const leases = await this.db
      .selectFrom('leases')
      .select(['rental_id', 'attempt', 'phase'])
      .where('node_id', '=', nodeId)
      .where('phase', '<>', 'over' satisfies LeasePhase)
      .execute();
    return {
      pendingVerification: node?.verification === 'pending',
      leases: leases.map((lease) => ({ rentalId: lease.rental_id, attempt: lease.attempt, phase: lease.phase })),
    };
  }
}
