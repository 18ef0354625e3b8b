/** The lock on every GPU, as a port: no view, but what keeps one card from being given to two rentals. */

import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { LeasedGpu, RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Fleet } from './fleet.js';

/** A node names its GPUs itself, and so locks only its own. */
export interface HeldGpu {
  readonly nodeId: string;
  readonly gpuUuid: string;
  readonly rentalId: string;
  readonly attempt: number;
  /** Of the rental; null where its request has not arrived here. */
  readonly tier: Tier | null;
}

/** What whoever holds the lock may see. */
export interface Holdings {
  readonly fleet: Fleet;
  /** Every GPU that a rental holds, by its UUID. */
  held(): Promise<readonly HeldGpu[]>;
}

export interface Claims extends Holdings {
  /** What was chosen for this attempt before a crash; null where nothing was. */
  draft(rentalId: string, attempt: number): Promise<RentalPlaced | null>;
  saveDraft(rentalId: string, placed: RentalPlaced): Promise<void>;
  /**
   * All of them, in the order asked, or an error where one is held. Epochs rise with each lease of a card, wherever it has
   * been: in another machine, after the one it was in retired, they rise on.
   */
  claim(
    rentalId: string,
    attempt: Pick<RentalPlaced, 'nodeId' | 'attempt'>,
    gpuUuids: readonly string[],
  ): Promise<readonly LeasedGpu[]>;
}

export interface GpuLock {
  /** One at a time among all processes, so that two choices never see the same idle GPU. What `work` writes commits whole or not at all. */
  placing<T>(work: (claims: Claims) => Promise<T>): Promise<T>;
  /** One at a time among all processes; null, at once, where another is at it. */
  verifying<T>(work: (holdings: Holdings) => Promise<T>): Promise<T | null>;
  /** Attempts of a rental that hold GPUs, lowest first. */
  attemptsHolding(rentalId: string): Promise<readonly number[]>;
  /** Lets go of the GPUs of one attempt, and of its draft. Twice is as good as once. */
  release(rentalId: string, attempt: number): Promise<void>;
}
