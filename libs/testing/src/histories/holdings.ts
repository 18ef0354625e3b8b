/** Who holds which GPU of a generated market: leased, lost with a machine and not given back, or freed for somebody. */

import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import { MINUTE, type Millis } from '@tokenos/domain/time';

interface Lease {
  readonly rentalId: string;
  readonly attempt: number;
  /** A machine that is lost says nothing: its GPUs are free a minute after it believed to be paid. */
  readonly freeAt: Millis;
}

export interface Gpu {
  readonly uuid: string;
  epoch: number;
  lease: Lease | null;
  /** The rental that it was freed for. */
  heldFor: string | null;
}

export const newGpu = (uuid: string): Gpu => ({ uuid, epoch: 0, lease: null, heldFor: null });

/** Free at `now`, and for this rental. */
export const isIdle = ({ lease, heldFor }: Gpu, rentalId: string, now: Millis): boolean =>
  (lease === null || now > lease.freeAt) && (heldFor === null || heldFor === rentalId);

export interface Holdings {
  readonly take: (rentalId: string, placed: RentalPlaced) => void;
  readonly release: (rentalId: string, attempt: number) => void;
  readonly lose: (rentalId: string, attempt: number, paidUntil: Millis) => void;
  readonly hold: (gpuUuids: readonly string[], rentalId: string) => void;
  /** It has found a machine, or has gone. */
  readonly unhold: (rentalId: string) => void;
}

export function holdingsOf(gpus: readonly Gpu[]): Holdings {
  const leasedTo = (rentalId: string, attempt: number) =>
    gpus.filter(({ lease }) => lease?.rentalId === rentalId && lease.attempt === attempt);
  const unhold = (rentalId: string): void => {
    for (const gpu of gpus) if (gpu.heldFor === rentalId) gpu.heldFor = null;
  };
  return {
    take(rentalId, { attempt, gpus: taken }) {
      for (const { uuid, leaseEpoch } of taken) {
        const gpu = gpus.find((candidate) => candidate.uuid === uuid);
        if (gpu === undefined) continue;
        Object.assign(gpu, { epoch: leaseEpoch, lease: { rentalId, attempt, freeAt: Number.POSITIVE_INFINITY } });
      }
      unhold(rentalId);
    },
    release(rentalId, attempt) {
      for (const gpu of leasedTo(rentalId, attempt)) gpu.lease = null;
    },
    lose(rentalId, attempt, paidUntil) {
      for (const gpu of leasedTo(rentalId, attempt)) gpu.lease = { rentalId, attempt, freeAt: paidUntil + MINUTE };
    },
    hold(gpuUuids, rentalId) {
      for (const gpu of gpus) if (gpuUuids.includes(gpu.uuid)) gpu.heldFor = rentalId;
    },
    unhold,
  };
}
