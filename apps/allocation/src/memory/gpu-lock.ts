/** The lock on GPUs in memory: who places waits for whoever is at it, and what the work wrote is kept only if it did not throw. */

import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Claims, GpuLock, Holdings } from '../ports/gpu-lock.js';
import type { MemoryFleet } from './fleet.js';

interface Claim {
  readonly nodeId: string;
  readonly gpuUuid: string;
  readonly rentalId: string | null;
  readonly attempt: number;
  readonly leaseEpoch: number;
}

/** Claims by GPU and node, drafts by rental and attempt. */
interface Locked {
  readonly claims: Map<string, Claim>;
  readonly drafts: Map<string, RentalPlaced>;
}

const keyOf = (...parts: readonly (string | number)[]): string => parts.join(' ');

export function memoryGpuLock(fleet: MemoryFleet): GpuLock {
  const kept: Locked = { claims: new Map(), drafts: new Map() };
  let placed: Promise<unknown> = Promise.resolve();
  let isVerifying = false;
  const all = (): Claim[] => [...kept.claims.values()];

  async function placeAlone<T>(work: (claims: Claims) => Promise<T>): Promise<T> {
    const written: Locked = { claims: new Map(), drafts: new Map() };
    const done = await work(claimsOf(fleet, kept, written));
    for (const [key, claim] of written.claims) kept.claims.set(key, claim);
    for (const [key, draft] of written.drafts) kept.drafts.set(key, draft);
    return done;
  }

  return {
    placing(work) {
      const turn = placed.then(() => placeAlone(work));
      placed = turn.catch(() => undefined);
      return turn;
    },
    async verifying(work) {
      if (isVerifying) return null;
      isVerifying = true;
      try {
        return await work(holdingsOf(fleet, kept));
      } finally {
        isVerifying = false;
      }
    },
    async attemptsHolding(rentalId) {
      const attempts = all().flatMap((claim) => (claim.rentalId === rentalId ? [claim.attempt] : []));
      return [...new Set(attempts)].sort((a, b) => a - b);
    },
    async release(rentalId, attempt) {
      for (const [key, claim] of kept.claims) {
        if (claim.rentalId === rentalId && claim.attempt === attempt)
          kept.claims.set(key, { ...claim, rentalId: null });
      }
      kept.drafts.delete(keyOf(rentalId, attempt));
    },
  };
}

const holdingsOf = (fleet: MemoryFleet, { claims }: Locked): Holdings => ({
  fleet,
  held: async () =>
    [...claims.values()]
      .flatMap(({ nodeId, gpuUuid, rentalId, attempt }) =>
        rentalId === null ? [] : [{ nodeId, gpuUuid, rentalId, attempt, tier: fleet.tierOf(rentalId) }],
      )
      .sort((a, b) => (keyOf(a.gpuUuid, a.nodeId) < keyOf(b.gpuUuid, b.nodeId) ? -1 : 1)),
});

/** Reads what is kept; writes aside. Nobody else claims meanwhile, so that what is aside fits when it is kept. */
const claimsOf = (fleet: MemoryFleet, kept: Locked, written: Locked): Claims => ({
  ...holdingsOf(fleet, kept),
  draft: async (rentalId, attempt) => kept.drafts.get(keyOf(rentalId, attempt)) ?? null,
  async saveDraft(rentalId, placed) {
    written.drafts.set(keyOf(rentalId, placed.attempt), placed);
  },
  async claim(rentalId, { nodeId, attempt }, gpuUuids) {
    const before = [...kept.claims.values()];
    return gpuUuids.map((uuid) => {
      const holder = kept.claims.get(keyOf(uuid, nodeId))?.rentalId ?? null;
      if (holder !== null) throw new Error(`a GPU chosen for ${rentalId} is held by another rental`);
      const epochs = before.filter((claim) => claim.gpuUuid === uuid).map((claim) => claim.leaseEpoch);
      const leaseEpoch = Math.max(0, ...epochs) + 1;
      written.claims.set(keyOf(uuid, nodeId), { nodeId, gpuUuid: uuid, rentalId, attempt, leaseEpoch });
      return { uuid, leaseEpoch };
    });
  },
});
