/** The leases on disk, so that a restarted agent carries on and never restarts an ended one. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { desiredLease, LEASE_STATES, savedCheckpoint } from '@tokenos/contracts/agent/protocol';
import { errorCode } from '../error-code.js';
import { writePrivately } from '../identity/private-file.js';
import type { Lease, Moment } from './lease.js';

const stored = z.strictObject({
  version: z.literal(1),
  leases: z.array(
    z.strictObject({
      entry: desiredLease,
      phase: z.enum(LEASE_STATES),
      since: z.int(),
      detail: z.string().nullable(),
      ending: z.string().nullable(),
      served: z.boolean(),
      // Absent in the journal of an agent that did not know of them yet.
      buyerSince: z.int().nullable().default(null),
      noticedAt: z.int().nullable().default(null),
      checkpoint: savedCheckpoint.nullable().default(null),
      slot: z.int().nonnegative(),
    }),
  ),
});

export interface Journal {
  load(moment: Moment): readonly Lease[];
  /** On disk when it returns. */
  save(leases: readonly Lease[]): void;
}

/** Throws on an unreadable journal: guessing could restart an ended lease. */
export function fileJournal(path: string): Journal {
  return {
    load: (moment) => {
      const text = readIfThere(path);
      if (text === null) return [];
      return stored.parse(JSON.parse(text)).leases.map((lease) => ({
        ...lease,
        // Its processes died with the agent; what it was before decides what it becomes.
        phase: lease.phase === 'ready' ? 'starting' : lease.phase,
        deadline: moment.deadlineOf(Date.parse(lease.entry.paidUntil)),
      }));
    },
    save: (leases) => {
      const persisted = leases.map(({ deadline: _, ...lease }) => lease);
      writePrivately(path, JSON.stringify({ version: 1, leases: persisted }));
    },
  };
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}
