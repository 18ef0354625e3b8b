/** Writes what machines should be running: by compare-and-set, newer only. Agents reconcile towards it by themselves. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { StaleRevision } from '@tokenos/runtime/bus/bucket';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { desiredEntries, goneAt, withEntry } from '../desired/entries.js';
import type { Parts } from '../parts.js';
import { rentals } from '../streams.js';

/** Two writers of one node's document meet rarely; beyond this the duty comes back later. */
const MAX_TRIES = 10;

export async function publishDesired(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const { folded, entries } = await fold(parts, rentalId);
  for (const nodeId of new Set(entries.map((entry) => entry.nodeId))) await write(parts, nodeId, rentalId);
  const again = goneAt(folded, parts.clock.now());
  if (again !== null) return { again };
  // No credential outlives its rental, ours into it included.
  if (entries.length > 0 && entries.every((entry) => entry.lease === null)) await parts.probeKeys.forget(rentalId);
  return 'done';
}

async function fold({ act, probeKeys, clock }: Parts, rentalId: string) {
  const publicKeys = await probeKeys.publicKeys(rentalId);
  const folded = await act.load(rentals, rentalId);
  return { folded, entries: desiredEntries(folded, publicKeys, clock.now()) };
}

/**
 * Reads the document first and the stream after it: what it then writes is at least as new as all that lay in the document, even
 * where an ended entry has been taken out of it meanwhile.
 */
async function write(parts: Parts, nodeId: string, rentalId: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    const known = await parts.desired.get(nodeId);
    const { entries } = await fold(parts, rentalId);
    const before: DesiredNode = known?.value ?? { nodeId, leases: [] };
    const after = entries.filter((entry) => entry.nodeId === nodeId).reduce(withEntry, before);
    if (after === before) return;
    try {
      await parts.desired.update(nodeId, after, known?.revision ?? 0);
      return;
    } catch (error) {
      if (!(error instanceof StaleRevision) || tries === MAX_TRIES) throw error;
    }
  }
}
