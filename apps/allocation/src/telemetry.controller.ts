/** Hears what machines say, and wakes the duties that wait for it. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { heartbeat as heartbeatSchema } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE, DUTIES } from '@tokenos/runtime/service/tokens';
import type { DutyQueue } from '@tokenos/runtime/views/duty-queue';
import type { Kysely, Selectable } from 'kysely';
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
  async hear(@Payload() payload: unknown, @Ctx() { subject, busTimeMs }: StoredContext): Promise<void> {
    const parsed = heartbeatSchema.safeParse(payload);
    if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
    const heartbeat = parsed.data;
    const { nodeId } = heartbeat;
    const node = await this.db.selectFrom('nodes').selectAll().where('node_id', '=', nodeId).executeTakeFirst();
    // Its enrolment is on its way here: the next heartbeat will find it.
    if (node === undefined) return;
    if (subject !== telemetryHeartbeat(nodeId) || !isSignedBy(heartbeat, node.node_key))
      throw new Undecodable(`${subject}: a heartbeat of ${nodeId}, not signed by it`);
    const healthy = heartbeat.gpus.filter((gpu) => gpu.healthy).map((gpu) => gpu.uuid);
    this.liveness.heard(nodeId, this.clock.fromWall(busTimeMs), healthy);
    const changes = dutiesOfHeartbeat(heartbeat, await this.known(node), this.clock.now());
    if (changes.length > 0) await this.queue.enqueue(...changes);
  }

  private async known(node: Selectable<AllocationTables['nodes']>): Promise<KnownNode> {
    const leases = await this.db
      .selectFrom('leases')
      .select(['rental_id', 'attempt', 'phase'])
      .where('node_id', '=', node.node_id)
      .where('phase', '<>', 'over' satisfies LeasePhase)
      .execute();
    return {
      unverifiedGpus: node.verification === 'pending' ? node.gpu_uuids : null,
      leases: leases.map((lease) => ({ rentalId: lease.rental_id, attempt: lease.attempt, phase: lease.phase })),
    };
  }
}
