/** What machines and probes say becomes evidence: checked, and written down before it is acknowledged. */

import { heartbeat as heartbeatSchema, type Heartbeat } from '@tokenos/contracts/agent/protocol';
import { probeResult } from '@tokenos/contracts/agent/probe';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat, telemetryProbe } from '@tokenos/contracts/subjects';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { z } from 'zod';
import { Placements } from './evidence/placements.js';
import { nodeKeyOf } from './node-key.js';
import type { Parts } from './parts.js';

export type Ear = (
  payload: unknown,
  context: Pick<StoredContext, 'subject' | 'sequence' | 'busTimeMs'>,
) => Promise<void>;

/** One for the life of a process: it remembers for a while which rental is where. Throws Undecodable for what is nobody's evidence. */
export function telemetryEar(parts: Pick<Parts, 'act' | 'clock' | 'ledger' | 'nodeKeys'>): Ear {
  const { act, clock, ledger } = parts;
  const placements = new Placements(act, clock);

  const probe: Ear = async (payload, { subject, sequence }) => {
    const message = understood(probeResult, payload);
    if (subject !== telemetryProbe(message.nodeId)) throw new Undecodable(`${subject}: a probe of ${message.nodeId}`);
    const at = Date.parse(message.beganAt);
    await ledger.write([message.rentalId], { sequence, at }, { kind: 'probe', message });
  };

  const heartbeat: Ear = async (payload, { subject, sequence, busTimeMs }) => {
    const message = understood(heartbeatSchema, payload);
    if (subject !== telemetryHeartbeat(message.nodeId)) throw new Undecodable(`${subject}: of ${message.nodeId}`);
    const ready = message.leases.filter((lease) => lease.state === 'ready');
    if (ready.length === 0) return;
    await assertSigned(message);
    const at = clock.fromWall(busTimeMs);
    const named = ready.map(({ rentalId }) => rentalId);
    // A machine may name any lease; what it says of another's is nobody's evidence.
    const rentalIds = await placements.on(message.nodeId, named);
    await ledger.write(rentalIds, { sequence, at }, { kind: 'heartbeat', message });
  };

  async function assertSigned(message: Heartbeat): Promise<void> {
    const { nodeId } = message;
    const nodeKey = await nodeKeyOf(parts, nodeId);
    if (nodeKey === null) throw new Undecodable(`a heartbeat of ${nodeId}, which never enrolled`);
    if (!isSignedBy(message, nodeKey)) throw new Undecodable(`a heartbeat of ${nodeId}, not signed by it`);
  }

  return (payload, context) => (context.subject.endsWith('.probe') ? probe : heartbeat)(payload, context);
}

function understood<Schema extends z.ZodType>(schema: Schema, payload: unknown): z.output<Schema> {
  const parsed = schema.safeParse(payload);
  if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
  return parsed.data;
}
