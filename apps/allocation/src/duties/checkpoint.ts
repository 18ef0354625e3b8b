/** A checkpoint that the machine says it has saved. */

import type { SavedCheckpoint } from '@tokenos/contracts/agent/protocol';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

export async function saveCheckpoint({ act, clock }: Parts, duty: Duty): Promise<DutyOutcome> {
  const { attempt, saved } = duty.payload as { readonly attempt: number; readonly saved: SavedCheckpoint };
  const { where, sha256, bytes } = saved;
  const { state } = await act.load(rentals, duty.key);
  const requested = state.status === 'absent' ? undefined : state.rental.checkpoint?.requested;
  // An earlier one, reported once more.
  if (requested?.requestedAt !== Date.parse(saved.requestedAt)) return 'done';
  const savedAt = Math.max(requested.requestedAt, Math.min(Date.parse(saved.savedAt), clock.now()));
  const checkpoint = { attempt, where, sha256, bytes, savedAt };
  await act.handle(rentals, duty.key, () => ({ type: 'SaveCheckpoint', saved: checkpoint }));
  return 'done';
}
