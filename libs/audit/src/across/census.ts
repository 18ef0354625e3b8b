/** placement@1: every node on record is a candidate of a choice, or is counted under a reason that can be true of it. */

import type { Note } from '../finding.js';
import { placementScore } from '../placement.js';
import { amount } from '../units.js';
import type { Choice, Sight } from './fleet.js';

/** A receipt names this many; with fewer, it names all candidates. */
const NAMED = 20;

type Reasons = Readonly<Record<string, number | undefined>>;

export function checkCensus({ placed, terms, failed }: Choice, sights: readonly Sight[], note: Note): void {
  const { best, unfit, refused = {}, capMicroUsdcPerHour } = placed.receipt;
  const counts: Reasons = { ...unfit, ...refused };
  const others = sights.filter(({ nodeId }) => !best.some((candidate) => candidate.nodeId === nodeId));
  const cap = amount(capMicroUsdcPerHour);
  const asked = { terms, cap, failed };
  if (best.length >= NAMED) {
    const last = best.at(-1);
    const least = last === undefined ? 0 : scoreOf(last.reputationBps, amount(last.rateMicroUsdcPerHour), cap);
    const better = others.filter((sight) => ranksAbove(least, sight, cap));
    checkUnnamed(counts, better, asked, note);
    return;
  }
  const counted = Object.values(counts).reduce<number>((sum, count) => sum + (count ?? 0), best.length);
  const sure = sights.filter(({ isListed }) => isListed).length;
  if (counted < sure || counted > sights.length) {
    note.compare('placement@1', 'nodes that the receipt accounts for', BigInt(sure), BigInt(counted));
  }
  for (const [reason, count = 0] of Object.entries(counts)) {
    const able = others.filter((sight) => mayBe(reason, sight, asked)).length;
    if (count > able) note('placement@1', `${count} passed over as ${reason}, and that is true of ${able} at most`);
  }
}

interface Asked {
  readonly terms: Choice['terms'];
  readonly cap: bigint;
  readonly failed: readonly string[];
}

/** Of a long list only the best are named: whoever would stand among them was passed over, for a reason that can be true of it. */
function checkUnnamed(counts: Reasons, better: readonly Sight[], asked: Asked, note: Note): void {
  let excused = 0;
  for (const [reason, count = 0] of Object.entries(counts)) {
    excused += Math.min(count, better.filter((sight) => mayBe(reason, sight, asked)).length);
  }
  if (better.length > excused) {
    note(
      'placement@1',
      `${better.length} nodes that are not named rank above the last, and ${excused} of them at most were passed over`,
    );
  }
}

/** At the dearest and at the worst that it can have been read. */
function ranksAbove(score: number, { isListed, rates, reputations }: Sight, cap: bigint): boolean {
  const [rate, bps] = [rates.reduce((max, one) => (one > max ? one : max), 0n), Math.min(...reputations)];
  if (!isListed || rate > cap) return false;
  return scoreOf(bps, rate, cap) > score;
}

const scoreOf = (bps: number, rate: bigint, cap: bigint): number =>
  placementScore(bps, cap > 0n ? Number(((cap - rate) * 10_000n) / cap) : 0);

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
