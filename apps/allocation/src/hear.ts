/** Hears what a machine says: notes that it is there, and wakes the duties that wait for it. */

import { CANARY_NODE_ID } from '@tokenos/contracts/agent/canary';
import { heartbeat as heartbeatSchema } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { telemetryHeartbeat } from '@tokenos/contracts/subjects';
import type { StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { Parts } from './parts.js';
import { dutiesOfHeartbeat } from './telemetry.js';

export type HearingParts = Pick<Parts, 'fleet' | 'queue' | 'clock' | 'liveness'>;

/** Throws Undecodable for what is no heartbeat, or not one signed by the node of that subject. */
export async function heard(
  { fleet, queue, clock, liveness }: HearingParts,
  payload: unknown,
  { subject, busTimeMs }: Pick<StoredContext, 'subject' | 'busTimeMs'>,
): Promise<void> {
  const parsed = heartbeatSchema.safeParse(payload);
  if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
  const heartbeat = parsed.data;
  const { nodeId } = heartbeat;
  if (nodeId === CANARY_NODE_ID) {
    const { canaryKey } = liveness;
    if (canaryKey !== null && isSignedBy(heartbeat, canaryKey)) liveness.heardCanary(clock.fromWall(busTimeMs));
    return;
  }
  const node = await fleet.node(nodeId);
  // Its enrolment is on its way here: the next heartbeat will find it.
  if (node === null) return;
  if (subject !== telemetryHeartbeat(nodeId) || !isSignedBy(heartbeat, node.nodeKey))
    throw new Undecodable(`${subject}: a heartbeat of ${nodeId}, not signed by it`);
  const healthy = heartbeat.gpus.filter((gpu) => gpu.healthy).map((gpu) => gpu.uuid);
  liveness.heard(nodeId, clock.fromWall(busTimeMs), healthy);
  const unverifiedGpus = node.verification === 'pending' ? node.gpuUuids : null;
  const leases = await fleet.openLeases(nodeId);
  const changes = dutiesOfHeartbeat(heartbeat, { unverifiedGpus, leases }, clock.now());
  if (changes.length > 0) await queue.enqueue(...changes);
}
