/** Lets GPUs go once nobody can use them. Never by the view: by the lock table, and by what the stream says of each claim in it. */

import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import type { Parts } from '../parts.js';
import { freeAt } from '../placement/free-at.js';
import { rentals } from '../streams.js';

export async function releaseClaims(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { act, gpuLock, clock } = parts;
  const attempts = await gpuLock.attemptsHolding(rentalId);
  const { state } = await act.load(rentals, rentalId);
  const waiting: number[] = [];
  let released = false;
  for (const attempt of attempts) {
    const at = freeAt(state, attempt);
    if (at === null) continue;
    if (at <= clock.now()) {
      await gpuLock.release(rentalId, attempt);
      released = true;
    } else waiting.push(at);
  }
  if (released) await wakeBeneficiary(parts, rentalId);
  return waiting.length === 0 ? 'done' : { again: Math.min(...waiting) };
}

/** Whoever this rental made room for need not wait for the next sweep. */
async function wakeBeneficiary({ fleet, queue, clock }: Parts, victimId: string): Promise<void> {
  const hold = (await fleet.holds()).find((one) => one.victimId === victimId);
  if (hold === undefined) return;
  await queue.enqueue({ do: 'schedule', kind: 'place', key: hold.beneficiaryId, dueAt: clock.now() });
}
