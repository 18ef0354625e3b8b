/** Writes down what machines and probes say, before it is acknowledged. */

import { Controller, Inject } from '@nestjs/common';
import { Ctx, EventPattern, Payload } from '@nestjs/microservices';
import { heartbeat as heartbeatSchema, type Heartbeat } from '@tokenos/contracts/agent/protocol';
import { probeResult } from '@tokenos/contracts/agent/probe';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat, telemetryProbe } from '@tokenos/contracts/subjects';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Clock } from '@tokenos/runtime/clock';
import type { Handler } from '@tokenos/runtime/handle';
import { CLOCK, DATABASE, HANDLE } from '@tokenos/runtime/service/tokens';
import type { Kysely } from 'kysely';
import type { z } from 'zod';
import { writeEvidence } from './evidence/ledger.js';
import { Placements } from './evidence/placements.js';
import { nodes } from './streams.js';
import { TELEMETRY } from './telemetry-lag.js';
import type { MeteringTables } from './view/tables.js';

@Controller()
export class TelemetryController {
  private readonly placements: Placements;

  constructor(
    @Inject(DATABASE) private readonly db: Kysely<MeteringTables>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(HANDLE) private readonly act: Handler,
  ) {
    this.placements = new Placements(act, clock);
  }

  @EventPattern([TELEMETRY])
  async hear(@Payload() payload: unknown, @Ctx() context: StoredContext): Promise<void> {
    if (context.subject.endsWith('.probe')) await this.probe(payload, context);
    else await this.heartbeat(payload, context);
  }

  private async probe(payload: unknown, { subject, sequence }: StoredContext): Promise<void> {
    const message = understood(probeResult, payload);
    if (subject !== telemetryProbe(message.nodeId)) throw new Undecodable(`${subject}: a probe of ${message.nodeId}`);
    const at = Date.parse(message.beganAt);
    await writeEvidence(this.db, [message.rentalId], { sequence, at }, { kind: 'probe', message });
  }

  private async heartbeat(payload: unknown, { subject, sequence, busTimeMs }: StoredContext): Promise<void> {
    const message = understood(heartbeatSchema, payload);
    if (subject !== telemetryHeartbeat(message.nodeId)) throw new Undecodable(`${subject}: of ${message.nodeId}`);
    const ready = message.leases.filter((lease) => lease.state === 'ready');
    if (ready.length === 0) return;
    await this.assertSigned(message);
    const at = this.clock.fromWall(busTimeMs);
    const named = ready.map(({ rentalId }) => rentalId);
    // A machine may name any lease; what it says of another's is nobody's evidence.
    const rentalIds = await this.placements.on(message.nodeId, named);
    await writeEvidence(this.db, rentalIds, { sequence, at }, { kind: 'heartbeat', message });
  }

  private async assertSigned(heartbeat: Heartbeat): Promise<void> {
    const { nodeId } = heartbeat;
    const nodeKey = await this.nodeKey(nodeId);
    if (nodeKey === null) throw new Undecodable(`a heartbeat of ${nodeId}, which never enrolled`);
    if (!isSignedBy(heartbeat, nodeKey)) throw new Undecodable(`a heartbeat of ${nodeId}, not signed by it`);
  }

  /** The stream itself where the view does not know the node yet: its enrolment may still be on its way here. */
  private async nodeKey(nodeId: string): Promise<string | null> {
    const known = await this.db.selectFrom('nodes').select('node_key').where('node_id', '=', nodeId).executeTakeFirst();
    if (known !== undefined) return known.node_key;
    const { state } = await this.act.load(nodes, nodeId);
    return state.status === 'enrolled' ? state.nodeKey : null;
  }
}

function understood<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
  return parsed.data;
}
