/** preemption@1: which SPOT rentals yield to a paid request that finds no idle machine. Pure; hashes arrive with the candidates. */

import { UNFIT_REASONS, type UnfitReason } from '../placement/receipt.js';
import { unfit, type Candidate } from '../placement/placement.js';
import type { PreemptionRequest, SpotRental, YieldingNode } from './receipt.js';
import { inLine, leastVictims } from './victims.js';

export const PREEMPTION = 'preemption@1';
/** A receipt names this many nodes at most. */
export const PREEMPTION_BEST = 20;

/** A node as placement sees it, and the SPOT rentals on it that run and were not asked to yield before. */
export interface PreemptionCandidate extends Candidate {
  readonly spot: readonly SpotRental[];
}

export interface PreemptionPlan {
  /** Every node that could serve the request, best first: the victims of the first are asked to yield. Never empty. */
  readonly ranked: readonly [YieldingNode, ...YieldingNode[]];
  readonly unfit: Readonly<Record<UnfitReason, number>>;
}

/** Null where nobody is to yield: an idle node serves the request as it is, or not even all SPOT rentals of one node are enough. */
export function choosePreemption(
  request: PreemptionRequest,
  candidates: readonly PreemptionCandidate[],
): PreemptionPlan | null {
  if (candidates.some((candidate) => unfit(candidate, request) === null)) return null;
  const counts = Object.fromEntries(UNFIT_REASONS.map((reason) => [reason, 0])) as Record<UnfitReason, number>;
  const yielding: YieldingNode[] = [];
  for (const candidate of candidates) {
    const reason = unfit({ ...candidate, idleGpus: candidate.idleGpus + gpusOf(candidate.spot) }, request);
    if (reason === null) yielding.push(yieldingNode(candidate, request.gpuCount));
    else counts[reason] += 1;
  }
  const [best, ...others] = yielding.sort(byLeastHarm);
  return best === undefined ? null : { ranked: [best, ...others], unfit: counts };
}

const gpusOf = (rentals: readonly SpotRental[]): number =>
  rentals.reduce((total, rental) => total + rental.gpuUuids.length, 0);

/** Who started last is asked first; equals by the smaller hash. */
function byLatestStart(a: SpotRental, b: SpotRental): number {
  if (a.startedAt !== b.startedAt) return b.startedAt - a.startedAt;
  return compareText(a.tieBreak, b.tieBreak);
}

function yieldingNode(candidate: PreemptionCandidate, gpuCount: number): YieldingNode {
  const { nodeId, operatorId, rateMicroUsdcPerHour, reputationBps, idleGpus, tieBreak } = candidate;
  const spot = [...candidate.spot].sort(byLatestStart);
  const sizes = spot.map((rental) => rental.gpuUuids.length);
  const places = leastVictims(sizes, gpuCount - idleGpus);
  const victims = spot.filter((_rental, place) => places.includes(place)).map((rental) => rental.rentalId);
  return { nodeId, operatorId, rateMicroUsdcPerHour, reputationBps, idleGpus, tieBreak, spot, victims };
}

/** The closest fit first, then the fewest victims, then those who started last, then the smaller hash of the node. */
function byLeastHarm(a: YieldingNode, b: YieldingNode): number {
  const harm = inLine(harmOf(a), harmOf(b));
  return harm === 0 ? compareText(a.tieBreak, b.tieBreak) : harm;
}

/** All nodes serve the same request: the fewer GPUs are there for it in the end, the closer the fit. */
function harmOf({ idleGpus, spot, victims }: YieldingNode): readonly number[] {
  const gone = spot.filter((rental) => victims.includes(rental.rentalId));
  return [idleGpus + gpusOf(gone), gone.length, ...gone.map((rental) => -rental.startedAt)];
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
