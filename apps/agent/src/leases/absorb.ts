/** Folds a `desired` document into what the node knows. Pure; the same or an older document, in any order, changes nothing. */

import type { DesiredLease, DesiredNode } from '@tokenos/contracts/agent/protocol';
import { DAY } from '@tokenos/domain/time';
import { type Lease, type Moment } from './lease.js';

/** An ended lease that the platform no longer names is remembered this long, against documents that come late. */
const REMEMBERED = 90 * DAY;

/** Absence means keep: a lease that the document does not name lives on. */
export function absorb(leases: readonly Lease[], document: DesiredNode, moment: Moment): readonly Lease[] {
  const named = new Set(document.leases.map(({ rentalId }) => rentalId));
  const remembered = leases.filter(
    ({ phase, since, entry }) => phase !== 'ended' || named.has(entry.rentalId) || moment.now - since < REMEMBERED,
  );
  return document.leases.reduce<readonly Lease[]>(
    (known, entry) => (entry.state === 'ended' ? absorbEnd(known, entry, moment) : absorbRun(known, entry, moment)),
    remembered,
  );
}

/** Ends that attempt and any before it, if the entry is not older than what is known of them. */
function absorbEnd(known: readonly Lease[], entry: DesiredLease, moment: Moment): readonly Lease[] {
  const own = known.filter((lease) => lease.entry.rentalId === entry.rentalId);
  if (own.every((lease) => lease.entry.attempt < entry.attempt)) {
    // Never ran here, and never will.
    const tombstone = { ...fresh(known, entry, moment), phase: 'ended', ending: 'ended by the platform' } as const;
    return [...endedBefore(known, entry, 'ended by the platform'), tombstone];
  }
  return known.map((lease) => {
    if (lease.entry.rentalId !== entry.rentalId || lease.entry.attempt > entry.attempt) return lease;
    if (lease.entry.revision > entry.revision) return lease;
    const ending = lease.ending ?? 'ended by the platform';
    return { ...lease, ending, entry: lease.entry.attempt === entry.attempt ? sameMachine(lease, entry) : lease.entry };
  });
}

function absorbRun(known: readonly Lease[], entry: DesiredLease, moment: Moment): readonly Lease[] {
  const own = known.filter((lease) => lease.entry.rentalId === entry.rentalId);
  if (own.some(({ entry: { attempt, revision } }) => attempt > entry.attempt || revision > entry.revision))
    return known;
  if (own.every((lease) => lease.entry.attempt < entry.attempt)) {
    return [...endedBefore(known, entry, `replaced by attempt ${entry.attempt}`), fresh(known, entry, moment)];
  }
  return known.map((lease) => {
    if (lease.entry.rentalId !== entry.rentalId || lease.entry.attempt !== entry.attempt) return lease;
    if (lease.ending !== null || lease.entry.revision === entry.revision) return lease;
    return { ...lease, entry: sameMachine(lease, entry), deadline: moment.deadlineOf(Date.parse(entry.paidUntil)) };
  });
}

/** Keys, time and revision may change during an attempt; the cards and the user name are built into its sandbox. */
const sameMachine = (lease: Lease, entry: DesiredLease): DesiredLease => ({
  ...entry,
  gpuUuids: lease.entry.gpuUuids,
  username: lease.entry.username,
});

const endedBefore = (known: readonly Lease[], entry: DesiredLease, why: string): readonly Lease[] =>
  known.map((lease) =>
    lease.entry.rentalId === entry.rentalId && lease.entry.attempt < entry.attempt
      ? { ...lease, ending: lease.ending ?? why }
      : lease,
  );

function fresh(known: readonly Lease[], entry: DesiredLease, moment: Moment): Lease {
  const taken = new Set(known.filter(({ phase }) => phase !== 'ended').map(({ slot }) => slot));
  let slot = 0;
  while (taken.has(slot)) slot += 1;
  return {
    entry,
    phase: 'starting',
    since: moment.now,
    detail: null,
    ending: null,
    served: false,
    buyerSince: null,
    noticedAt: null,
    checkpoint: null,
    slot,
    deadline: moment.deadlineOf(Date.parse(entry.paidUntil)),
  };
}
