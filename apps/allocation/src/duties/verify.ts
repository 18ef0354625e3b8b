/** A new machine is offered only after its SSH server showed the host key it enrolled with, and its heartbeat the GPUs. */

import { SECOND, type Millis } from '@tokenos/domain/time';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { nodes } from '../streams.js';

const RETRY: Millis = 10 * SECOND;

export async function verifyNode({ act, clock, readHostKey }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { missing } = duty.payload as { readonly missing: readonly string[] };
  const { state } = await act.load(nodes, duty.key);
  if (state.status !== 'enrolled' || state.verification !== 'pending') return 'done';
  if (missing.length > 0) {
    await act.handle(nodes, duty.key, () => ({ type: 'RejectNode', why: `GPUs not there: ${missing.join(', ')}` }));
    return 'done';
  }
  const hostKey = await readHostKey(state.sshHost, state.sshPort).catch(() => null);
  if (hostKey === null) return { again: clock.now() + RETRY };
  await act.handle(nodes, duty.key, () =>
    hostKey === state.hostKey
      ? { type: 'VerifyNode', hostKey }
      : { type: 'RejectNode', why: 'another host key answered' },
  );
  return 'done';
}
