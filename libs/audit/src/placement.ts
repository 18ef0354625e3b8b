/** placement@1 from its receipt: every candidate's numbers, their order, and that the first of them was taken. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Note } from './finding.js';
import type { Rental } from './rental/fold.js';
import { amount } from './units.js';
import type { RentalData } from './wire.js';

type Placed = RentalData<'RentalPlaced'>;
type Requested = RentalData<'RentalRequested'>;
type Candidate = Placed['receipt']['best'][number];

/** A receipt names this many; with fewer, it names all. */
const NAMED = 20;

export function checkPlacement(placed: Placed, rental: Rental, note: Note): void {
  const { receipt } = placed;
  const { requested, failedNodes } = rental;
  const { terms, rentalId } = requested;
  if (!note.compare('placement@1', 'rules of the choice', 'placement@1', receipt.rules)) return;
  const cap = capOf(rental);
  note.compare('placement@1', 'the cap is the quoted one', cap, receipt.capMicroUsdcPerHour);
  const [first] = receipt.best;
  if (first === undefined) {
    note('placement@1', 'a node was chosen of none');
    return;
  }
  const { nodeId, operatorId, rateMicroUsdcPerHour } = first;
  const taken = {
    nodeId: placed.nodeId,
    operatorId: placed.operatorId,
    rateMicroUsdcPerHour: placed.rateMicroUsdcPerHour,
  };
  note.compare('placement@1', 'the best is taken', { nodeId, operatorId, rateMicroUsdcPerHour }, taken);
  const uuids = placed.gpus.map((gpu) => gpu.uuid);
  if (uuids.length !== terms.gpuCount || new Set(uuids).size !== terms.gpuCount) {
    note('placement@1', `${terms.gpuCount} different GPUs were asked for, not ${uuids.join(', ')}`);
  }
  for (const candidate of receipt.best) checkCandidate(candidate, { requested, cap, failedNodes, rentalId }, note);
  receipt.best.forEach((candidate, index) => {
    const better = receipt.best[index - 1];
    if (better !== undefined && !precedes(better, candidate)) {
      note('placement@1', `${candidate.nodeId} ranks behind ${better.nodeId}, but is no worse`);
    }
  });
  if (receipt.best.length < NAMED) {
    const whole = sha256Hex(canonical(receipt.best));
    note.compare('placement@1', 'hash of the full list', whole, receipt.fullListSha256);
  }
}

/** The quoted cap, and no more than any extension was sold at: both were priced with it. */
function capOf({ requested, extensions }: Rental): bigint {
  let cap = amount(requested.quote.capMicroUsdcPerHour);
  for (const { quoted, extended } of extensions) {
    const rate = amount(quoted.rateMicroUsdcPerHour);
    if (extended && rate < cap) cap = rate;
  }
  return cap;
}

interface Asked {
  readonly requested: Requested;
  readonly cap: bigint;
  readonly failedNodes: readonly string[];
  readonly rentalId: string;
}

function checkCandidate(candidate: Candidate, { requested, cap, failedNodes, rentalId }: Asked, note: Note): void {
  const { nodeId, reputationBps, idleGpus, priceAdvantageBps } = candidate;
  const { terms } = requested;
  const rate = amount(candidate.rateMicroUsdcPerHour);
  if (rate > cap) note('placement@1', `${nodeId} asks more than the cap`);
  else if (!isAdvantage(priceAdvantageBps, cap - rate, cap)) note('placement@1', `price advantage of ${nodeId}`);
  note.compare('placement@1', `score of ${nodeId}`, placementScore(reputationBps, priceAdvantageBps), candidate.score);
  note.compare('placement@1', `tie-break of ${nodeId}`, sha256Hex(`${rentalId}:${nodeId}`), candidate.tieBreak);
  if (idleGpus < terms.gpuCount) note('placement@1', `${nodeId} has too few idle GPUs`);
  if (reputationBps < (terms.minReputationBps ?? 0)) note('placement@1', `${nodeId} is below the reputation asked for`);
  if (failedNodes.includes(nodeId)) note('placement@1', `${nodeId} failed this rental before`);
}

/** What candidates are ranked by; both in basis points. */
export const placementScore = (reputationBps: number, priceAdvantageBps: number): number =>
  reputationBps * 7 + priceAdvantageBps * 3;

/** Without dividing: `bps` is the largest whole number of ten-thousandths of the cap that `below` holds. */
function isAdvantage(bps: number, below: bigint, cap: bigint): boolean {
  const scaled = below * 10_000n;
  return BigInt(bps) * cap <= scaled && scaled < (BigInt(bps) + 1n) * cap;
}

/** Higher score, then lower rate, then smaller hash. */
function precedes(a: Candidate, b: Candidate): boolean {
  if (a.score !== b.score) return a.score > b.score;
  const [rateA, rateB] = [amount(a.rateMicroUsdcPerHour), amount(b.rateMicroUsdcPerHour)];
  return rateA === rateB ? a.tieBreak < b.tieBreak : rateA < rateB;
}
