/** preemption@1 from its receipt: every way to free enough GPUs is tried, and none is better than the one that was chosen. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';

export interface Spot {
  readonly rentalId: string;
  readonly gpuUuids: readonly string[];
  /** RFC 3339. */
  readonly startedAt: string;
  readonly tieBreak: string;
}

export interface Yielding {
  readonly nodeId: string;
  readonly rateMicroUsdcPerHour: string;
  readonly reputationBps: number;
  readonly idleGpus: number;
  readonly tieBreak: string;
  readonly spot: readonly Spot[];
  readonly victims: readonly string[];
}

/** A receipt as it stands on the wire. */
export interface Receipt {
  readonly rules: string;
  readonly request: {
    readonly rentalId: string;
    readonly tier: string;
    readonly gpuCount: number;
    readonly minReputationBps: number | null;
    readonly capMicroUsdcPerHour: string;
    readonly excludedNodeIds: readonly string[];
  };
  readonly best: readonly Yielding[];
  readonly fullListSha256: string;
}

/** A receipt names this many; with fewer, it names all. */
const NAMED = 20;

/** What is wrong with a receipt, in words; nothing where preemption@1 makes this very choice. */
export function faultsOfPreemption({ rules, request, best, fullListSha256 }: Receipt): readonly string[] {
  if (rules !== 'preemption@1') return [`unknown rules ${rules}`];
  const faults: string[] = [];
  if (request.tier === 'SPOT') faults.push('a SPOT request asks others to yield');
  if (best.length === 0) faults.push('victims of no node');
  for (const node of best) faults.push(...faultsOfNode(node, request));
  best.forEach((node, place) => {
    const better = best[place - 1];
    if (better === undefined || precedes(better, node)) return;
    faults.push(`${node.nodeId} stands behind ${better.nodeId}, but is no worse`);
  });
  const whole = sha256Hex(canonical(best));
  if (best.length < NAMED && whole !== fullListSha256) faults.push('the hash of the full list');
  return faults;
}

function faultsOfNode(node: Yielding, request: Receipt['request']): readonly string[] {
  const { nodeId, idleGpus, spot, victims } = node;
  const hash = (of: string): string => sha256Hex(`${request.rentalId}:${of}`);
  const uuids = spot.flatMap((rental) => rental.gpuUuids);
  const isOf: readonly (readonly [wrong: boolean, fault: string])[] = [
    [BigInt(node.rateMicroUsdcPerHour) > BigInt(request.capMicroUsdcPerHour), 'asks more than the cap'],
    [node.reputationBps < (request.minReputationBps ?? 0), 'is below the reputation asked for'],
    [request.excludedNodeIds.includes(nodeId), 'failed this request before'],
    [idleGpus >= request.gpuCount, 'has enough idle GPUs: nobody need yield'],
    [node.tieBreak !== hash(nodeId), 'has another tie-break'],
    [spot.some((rental) => rental.tieBreak !== hash(rental.rentalId)), 'has a rental with another tie-break'],
    [new Set(uuids).size !== uuids.length, 'counts a GPU twice'],
    [!sameLine(victims, leastHarm(spot, request.gpuCount - idleGpus)), 'has other victims'],
  ];
  return isOf.flatMap(([wrong, fault]) => (wrong ? [`${nodeId} ${fault}`] : []));
}

const sameLine = (a: readonly string[], b: readonly string[]): boolean => a.join() === b.join();

/**
 * Rental ids. Tries, from the end of the line to its front, with and without each rental; of equals what is found last stands
 * further in front. None where all together are too few.
 */
export function leastHarm(spot: readonly Spot[], need: number): readonly string[] {
  const line = [...spot].sort((a, b) => {
    const later = Date.parse(b.startedAt) - Date.parse(a.startedAt);
    return later === 0 ? (a.tieBreak < b.tieBreak ? -1 : 1) : later;
  });
  const explore = (chosen: readonly Spot[], rest: readonly Spot[], best: readonly Spot[]): readonly Spot[] => {
    if (gpus(chosen) >= need) return isNoWorse(chosen, best) ? chosen : best;
    const [first, ...others] = rest;
    if (first === undefined || gpus(chosen) + gpus(rest) < need) return best;
    return explore([...chosen, first], others, explore(chosen, others, best));
  };
  return explore([], line, []).map((rental) => rental.rentalId);
}

const isNoWorse = (a: readonly Spot[], b: readonly Spot[]): boolean =>
  b.length === 0 || gpus(a) < gpus(b) || (gpus(a) === gpus(b) && a.length <= b.length);

const gpus = (rentals: readonly Spot[]): number => rentals.flatMap((rental) => rental.gpuUuids).length;

/** GPUs left over count most, then victims, then how late each of them started, in line; then the hash. */
function precedes(a: Yielding, b: Yielding): boolean {
  const [ofA, ofB] = [gone(a), gone(b)];
  const left = (node: Yielding, victims: readonly Spot[]): number => node.idleGpus + gpus(victims);
  const measures: readonly (readonly [number, number])[] = [
    [left(a, ofA), left(b, ofB)],
    [ofA.length, ofB.length],
    ...ofA.map((victim, place): [number, number] => [-started(victim), -started(ofB[place])]),
  ];
  const decisive = measures.find(([one, other]) => one !== other);
  return decisive === undefined ? a.tieBreak < b.tieBreak : decisive[0] < decisive[1];
}

const gone = ({ spot, victims }: Yielding): readonly Spot[] =>
  victims.flatMap((id) => spot.filter((rental) => rental.rentalId === id));

const started = (rental: Spot | undefined): number => (rental === undefined ? 0 : Date.parse(rental.startedAt));
