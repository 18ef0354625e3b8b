/** Writes down what machines and probes say, before it is acknowledged. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { heartbeat as heartbeatSchema, type Heartbeat } from '@tokenos/contracts/agent/protocol';
import { probeResult } from '@tokenos/contracts/agent/probe';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Clock } from '@tokenos/runtime/clock';
import { CLOCK, DATABASE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import { TELEMETRY } from './telemetry-lag.js';
import { writeEvidence } from './evidence/ledger.js';
import type { MeteringTables } from './view/tables.js';

@Controller()
export class TelemetryController {
  constructor(
    @Inject(DATABASE) private readonly db: Kysely<MeteringTables>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @EventPattern([TELEMETRY])
  async hear(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    if (context.subject.endsWith('.probe')) await this.probe(payload, context);
    else await this.heartbeat(payload, context);
  }

  private async probe(payload: unknown, { sequence }: StoredContext): Promise<void> {
    const parsed = probeResult.safeParse(payload);
    if (!parsed.success) throw new Undecodable(parsed.error.message);
    const { rentalId, attempt, beganAt } = parsed.data;
    const heard = [{ rentalId, attempt, sequence, at: Date.parse(beganAt) }];
    await writeEvidence(this.db, 'probe', heard, parsed.data);
  }

  private async heartbeat(payload: unknown, { sequence, busTimeMs }: StoredContext): Promise<void> {
    const parsed = heartbeatSchema.safeParse(payload);
    if (!parsed.success) throw new Undecodable(parsed.error.message);
    const leased = parsed.data.leases.filter((lease) => lease.state === 'ready');
    if (leased.length === 0) return;
    await this.assertSigned(parsed.data);
    const at = this.clock.fromWall(busTimeMs);
    const heard = leased.map(({ rentalId, attempt }) => ({ rentalId, attempt, sequence, at }));
    await writeEvidence(this.db, 'heartbeat', heard, parsed.data);
  }

  /** An unknown node is tried again: its enrolment may still be on its way here. */
  private async assertSigned(heartbeat: Heartbeat): Promise<void> {
    const node = await this.db
      .selectFrom('nodes')
      .select('node_key')
      .where('node_id', '=', heartbeat.nodeId)
      .executeTakeFirst();
    if (node === undefined) throw new Error(`heartbeat of node ${heartbeat.nodeId}, which is not known here yet`);
    if (!isSignedBy(heartbeat, node.node_key)) throw new Undecodable(`heartbeat of ${heartbeat.nodeId}: bad signature`);
  }
}
