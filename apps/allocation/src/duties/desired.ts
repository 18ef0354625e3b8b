/** Writes what machines should be running: by compare-and-set, newer only. Agents reconcile towards it by themselves. */

import type { DesiredNode } from '@tokenos/contracts/agent/protocol';
import { StaleRevision } from '@tokenos/runtime/bus/bucket';
import type { Duty, DutyOutcome } from '@tokenos/runtime/views/duty';
import { desiredEntries, withEntry, type DesiredEntry } from '../desired/entries.js';
import type { Parts } from '../parts.js';
import { probePublicKeys } from '../probe/probe-keys.js';
import { rentals } from '../streams.js';

/** Two writers of one node's document meet rarely; beyond this the duty comes back later. */
const MAX_TRIES = 10;

export async function publishDesired(parts: Parts, { key: rentalId }: Duty): Promise<DutyOutcome> {
  const folded = await parts.act.load(rentals, rentalId);
  const keys = await probePublicKeys(parts.db, rentalId);
  for (const entry of desiredEntries(folded, keys)) await write(parts.desired, entry);
  return 'done';
}

async function write(bucket: Parts['desired'], entry: DesiredEntry): Promise<void> {
  for (let tries = 1; ; tries++) {
    const known = await bucket.get(entry.nodeId);
    const before: DesiredNode = known?.value ?? { nodeId: entry.nodeId, leases: [] };
    const after = withEntry(before, entry);
    if (after === before) return;
    try {
      await bucket.update(entry.nodeId, after, known?.revision ?? 0);
      return;
    } catch (error) {
      if (!(error instanceof StaleRevision) || tries === MAX_TRIES) throw error;
    }
  }
}
