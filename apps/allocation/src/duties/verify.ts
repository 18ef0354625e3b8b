/** A new machine is offered only after its SSH server showed the host key it enrolled with, and its heartbeat the GPUs. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { ownerOf } from '../placement/owners.js';
import { nodes } from '../streams.js';

const RETRY: Millis = 10 * SECOND;
/** Of two machines with the same GPU one has to see the other: they are verified one at a time. */
const RETRY_LOCK: Millis = SECOND;

export async function verifyNode(parts: Parts, duty: Duty): Promise<DutyOutcome> {
  const { act, clock, readHostKey } = parts;
  const { missing } = duty.payload as { readonly missing: readonly string[] };
  const { state } = await act.load(nodes, duty.key);
  if (state.status !== 'enrolled' || state.verification !== 'pending') return 'done';
  if (missing.length > 0) return reject(parts, duty.key, `GPUs not there: ${missing.join(', ')}`);
  const hostKey = await readHostKey(state.sshHost, state.sshPort).catch(() => null);
  if (hostKey === null) return { again: clock.now() + RETRY };
  if (hostKey !== state.hostKey) return reject(parts, duty.key, 'another host key answered');
  const gpuUuids = state.gpus.map(({ uuid }) => uuid);
  return admit(parts, duty.key, hostKey, gpuUuids);
}

/** A GPU is in one machine: I3 holds by it, because only verified machines are placed on. */
async function admit(parts: Parts, nodeId: string, hostKey: string, gpuUuids: readonly string[]): Promise<DutyOutcome> {
  const { act, clock, gpuLock } = parts;
  const outcome = await gpuLock.verifying<DutyOutcome>(async ({ fleet, held }) => {
    const owner = ownerOf(nodeId, gpuUuids, await fleet.nodes(), await held());
    if (owner?.live === true) return reject(parts, nodeId, `GPU ${owner.gpuUuid} belongs to node ${owner.nodeId}`);
    if (owner !== null) return { again: clock.now() + RETRY };
    await act.handle(nodes, nodeId, () => ({ type: 'VerifyNode', hostKey }));
    return 'done';
  });
  return outcome ?? { again: clock.now() + RETRY_LOCK };
}

async function reject({ act }: Parts, nodeId: string, why: string): Promise<DutyOutcome> {
  await act.handle(nodes, nodeId, () => ({ type: 'RejectNode', why }));
  return 'done';
}
