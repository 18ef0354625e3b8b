/** placement@1: every node on record is a candidate of a choice, or is counted under a reason that can be true of it. */

import type { Note } from '../finding.js';
import { amount } from '../units.js';
import type { Choice, Sight } from './fleet.js';

/** A receipt names this many; with fewer, it names all candidates. */
const NAMED = 20;

type Reasons = Readonly<Record<string, number | undefined>>;

export function checkCensus({ placed, terms, failed }: Choice, sights: readonly Sight[], note: Note): void {
  const { best, unfit, refused = {}, capMicroUsdcPerHour } = placed.receipt;
  if (best.length >= NAMED) return;
  const counts: Reasons = { ...unfit, ...refused };
  const counted = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), best.length);
  const sure = sights.filter(({ isListed }) => isListed).length;
  if (counted < sure || counted > sights.length) {
    note.compare('placement@1', 'nodes that the receipt accounts for', BigInt(sure), BigInt(counted));
  }
  const others = sights.filter(({ nodeId }) => !best.some((candidate) => candidate.nodeId === nodeId));
  const cap = amount(capMicroUsdcPerHour);
  for (const [reason, count = 0] of Object.entries(counts)) {
    const able = others.filter((sight) => mayBe(reason, sight, { terms, cap, failed })).length;
    if (count > able) note('placement@1', `${count} passed over as ${reason}, and that is true of ${able} at most`);
  }
}

interface Asked {
  readonly terms: Choice['terms'];
  readonly cap: bigint;
  readonly failed: readonly string[];
}

/** Facts do not show which node was offline, or had a broken GPU. */
function mayBe(reason: string, sight: Sight, { terms, cap, failed }: Asked): boolean {
  const { nodeId, enrolled, verified, draining, rates, reputations } = sight;
  switch (reason) {
    case 'unverified':
      return verified.includes(false);
    case 'draining':
      return draining.includes(true);
    case 'gpu_tier':
      return enrolled.gpuTier !== terms.gpuTier;
    case 'region':
      return terms.region !== null && enrolled.region !== terms.region;
    case 'reputation':
      return reputations.some((bps) => bps < (terms.minReputationBps ?? 0));
    case 'rate_above_cap':
      return rates.some((rate) => rate > cap);
    case 'failed_before':
      return failed.includes(nodeId);
    case 'spot_reserve':
      return terms.tier === 'SPOT';
    case 'reserved_spare':
      return terms.tier !== 'SPOT';
    default:
      return true;
  }
}
