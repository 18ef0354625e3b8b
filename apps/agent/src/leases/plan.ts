/** What to do next about the leases this node knows. Pure and level-based: asked again after every change, it converges. */

import { keyOf, type Lease } from './lease.js';

export type Action =
  { readonly do: 'start'; readonly key: string } | { readonly do: 'end'; readonly key: string; readonly why: string };

export const PAID_UNTIL_PASSED = 'paid until passed';

/** `busy` holds the keys of leases that are being started or ended right now; `monotonic` is the machine's monotonic clock. */
export function plan(leases: readonly Lease[], busy: ReadonlySet<string>, monotonic: number): readonly Action[] {
  return leases.flatMap((lease, index): Action[] => {
    const key = keyOf(lease);
    if (busy.has(key) || lease.phase === 'ended') return [];
    const why = lease.ending ?? (monotonic >= lease.deadline ? PAID_UNTIL_PASSED : null);
    if (why !== null) return [{ do: 'end', key, why }];
    if (lease.phase !== 'starting' || leases.some((other, at) => blocks(other, at < index, lease))) return [];
    return [{ do: 'start', key }];
  });
}

/** One rental runs once, and one card serves one lease: the other must have ended first. */
function blocks(other: Lease, earlier: boolean, lease: Lease): boolean {
  if (other === lease || other.phase === 'ended') return false;
  if (other.phase === 'starting' && !earlier) return false;
  const sameRental = other.entry.rentalId === lease.entry.rentalId;
  if (other.phase === 'failed') return sameRental;
  const taken = new Set(other.entry.gpuUuids);
  return sameRental || lease.entry.gpuUuids.some((uuid) => taken.has(uuid));
}
