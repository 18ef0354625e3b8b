/** Hears who is short of machines, and what machines say: plain functions, so that the simulation hears by the same. */

import { heartbeat as heartbeatSchema } from '@tokenos/contracts/agent/protocol';
import { isSignedBy } from '@tokenos/contracts/agent/signature';
import { rentalOfShortage, telemetryHeartbeat } from '@tokenos/contracts/subjects';
import type { CoreContext, StoredContext } from '@tokenos/runtime/bus/context';
import { Undecodable } from '@tokenos/runtime/bus/failures';
import type { DutyChange } from '@tokenos/runtime/views/duty';
import type { DutyKind } from './reactions.js';
import type { Parts } from './parts.js';

type HearingParts = Pick<Parts, 'fleet' | 'queue' | 'clock' | 'machines'>;

/** A hint, no more: whether the request is paid, and whether really nobody is idle, is looked up. */
export async function heardShortage({ queue, clock }: HearingParts, { subject }: CoreContext): Promise<void> {
  const key = rentalOfShortage(subject);
  const kind: DutyKind = 'make-room';
  await queue.enqueue({ do: 'schedule', kind, key, dueAt: clock.now() });
}

/** Throws Undecodable for what is no heartbeat, or not one signed by the node of that subject. */
export async function heardHeartbeat(
  { fleet, queue, clock, machines }: HearingParts,
  payload: unknown,
  { subject, busTimeMs }: Pick<StoredContext, 'subject' | 'busTimeMs'>,
): Promise<void> {
  const parsed = heartbeatSchema.safeParse(payload);
  if (!parsed.success) throw new Undecodable(parsed.error.message, { cause: parsed.error });
  const heartbeat = parsed.data;
  const { nodeId } = heartbeat;
  const node = await fleet.node(nodeId);
  // Its enrolment is on its way here: the next heartbeat will find it.
  if (node === null) return;
  if (subject !== telemetryHeartbeat(nodeId) || !isSignedBy(heartbeat, node.nodeKey))
    throw new Undecodable(`${subject}: a heartbeat of ${nodeId}, not signed by it`);
  const at = clock.fromWall(busTimeMs);
  const healthy = heartbeat.gpus.filter((gpu) => gpu.healthy).map((gpu) => gpu.uuid);
  machines.heard(nodeId, at, healthy);
  const told = heartbeat.leases.filter(({ noticedAt }) => noticedAt !== undefined);
  if (told.length === 0) return;
  const awaiting = (await fleet.openLeases()).filter((lease) => lease.nodeId === nodeId && lease.awaitsDelivery);
  const changes = told.flatMap(({ rentalId: key, attempt }): DutyChange[] => {
    const kind: DutyKind = 'deliver';
    const isAwaited = awaiting.some((lease) => lease.rentalId === key && lease.attempt === attempt);
    return isAwaited ? [{ do: 'schedule', kind, key, dueAt: clock.now(), payload: { attempt, at } }] : [];
  });
  if (changes.length > 0) await queue.enqueue(...changes);
}
