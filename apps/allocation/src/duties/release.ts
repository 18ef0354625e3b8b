/** Lets GPUs go once nobody can use them. Never by the view: by the lock table, and by what the stream says of each claim in it. */

import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { freeAt } from '../placement/free-at.js';
import { rentals } from '../streams.js';

export async function releaseClaims({ act, gpuLock, clock }: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const attempts = await gpuLock.attemptsHolding(rentalId);
  const { state } = await act.load(rentals, rentalId);
  const waiting: number[] = [];
  for (const attempt of attempts) {
    const at = freeAt(state, attempt);
    if (at === null) continue;
    if (at <= clock.now()) await gpuLock.release(rentalId, attempt);
    else waiting.push(at);
  }
  return waiting.length === 0 ? 'done' : { again: Math.min(...waiting) };
}
