/** I3: by lease epoch, at most one rental per GPU from RentalPlaced to its release. */

import type { NoteAt } from '../here.js';

export interface Lease {
  readonly uuid: string;
  readonly nodeId: string;
  readonly tier: 'ON_DEMAND' | 'SPOT' | 'RESERVED';
  readonly epoch: number;
  readonly stream: string;
  readonly revision: number;
  readonly from: number;
  /** When its GPU was free again: paid-until and a minute, unless a fact lets it go sooner. */
  until: number;
}

export class Leases {
  private readonly byGpu = new Map<string, Lease[]>();

  take(lease: Lease): Lease {
    const leases = this.byGpu.get(lease.uuid);
    if (leases === undefined) this.byGpu.set(lease.uuid, [lease]);
    else leases.push(lease);
    return lease;
  }

  /** In the order in which they began. */
  all(): readonly Lease[] {
    return [...this.byGpu.values()].flat().sort((a, b) => a.from - b.from);
  }

  /** Who took the GPU after its last lease to `stream`. */
  nextOf(uuid: string, stream: string): Lease | undefined {
    const leases = [...(this.byGpu.get(uuid) ?? [])].sort(byEpoch);
    const last = leases.findLastIndex((lease) => lease.stream === stream);
    return last < 0 ? undefined : leases[last + 1];
  }

  /** Only once every stream is read: an export grouped by stream brings the leases of one GPU in any order. */
  check(noteAt: NoteAt): void {
    for (const leases of this.byGpu.values()) {
      leases.sort(byEpoch);
      leases.forEach((lease, index) => {
        const before = leases[index - 1];
        if (before === undefined) return;
        const note = noteAt(lease.stream, lease.revision);
        if (before.epoch === lease.epoch) {
          note('I3', `GPU ${lease.uuid}: epoch ${lease.epoch} is held by ${before.stream} as well`);
        } else if (lease.from < before.until) {
          note('I3', `GPU ${lease.uuid}: taken under epoch ${lease.epoch} while ${before.stream} held it`);
        }
      });
    }
  }
}

const byEpoch = (a: Lease, b: Lease): number => a.epoch - b.epoch || a.from - b.from;
