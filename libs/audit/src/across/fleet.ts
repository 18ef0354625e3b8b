/**
 * placement@1 held against the rest of the export: every candidate's numbers are what its node and its operator said of themselves
 * by then, no more of its GPUs are called idle than could be, and each node that is no candidate is accounted for.
 *
 * What facts cannot show is whether a node was online, or a GPU broken: there the receipt is believed.
 */

import type { Note } from '../finding.js';
import type { NoteAt } from '../here.js';
import { score } from '../reputation.js';
import { Packed } from '../packed.js';
import { amount, instant } from '../units.js';
import type { Machine } from '../rental/run.js';
import type { OperatorWire, RentalData } from '../wire.js';
import { checkCensus } from './census.js';
import type { Lease, Leases } from './leases.js';
import type { Node } from './nodes.js';
import { Occupancy } from './occupancy.js';
import { Presence, pricedFirst } from './presence.js';
import type { Registry } from './registry.js';
import { inForceAt, READ_WITHIN_MS, type Since } from './since.js';
import { checkSpare } from './spare.js';

type Placed = RentalData<'RentalPlaced'>;

/** Of a candidate, what other streams can contradict; the rest was held against the receipt itself. */
type Candidate = Pick<
  Placed['receipt']['best'][number],
  'nodeId' | 'operatorId' | 'rateMicroUsdcPerHour' | 'reputationBps' | 'idleGpus'
>;

interface Receipt extends Pick<Placed['receipt'], 'unfit' | 'refused' | 'capMicroUsdcPerHour'> {
  readonly best: readonly Candidate[];
}

export interface Choice {
  readonly stream: string;
  readonly revision: number;
  readonly placed: Machine & { readonly receipt: Receipt };
  readonly terms: RentalData<'RentalRequested'>['terms'];
  /** In place of a machine that was lost. */
  readonly isFailover: boolean;
  /** Nodes on which this rental had failed. */
  readonly failed: readonly string[];
}

/** As it was made, with all of its receipt. */
type Chosen = Omit<Choice, 'placed'> & { readonly placed: Placed };

/** A node as whoever chose may have read it: several values where one had just changed. */
export interface Sight {
  readonly nodeId: string;
  readonly enrolled: NonNullable<Node['enrolled']>;
  /** Surely known and priced; false: perhaps. */
  readonly isListed: boolean;
  readonly verified: readonly boolean[];
  readonly draining: readonly boolean[];
  readonly rates: readonly bigint[];
  readonly reputations: readonly number[];
  /** No more than these could be idle. */
  readonly free: number;
  readonly leases: { readonly surely: readonly Lease[]; readonly perhaps: readonly Lease[] };
}

/** Of an operator nobody has scored. */
const NEWCOMER = score({ ageDays: 0, uptime: [], ratings: [], jobs: { completed: 0, failed: 0 } }).scoreBps;

export class Fleet {
  private readonly scores = new Map<string, Since<number>[]>();
  private readonly chosen = new Packed<Choice>();
  private readonly order: { readonly at: number; readonly place: number }[] = [];
  private readonly readWithinMs: number;

  /** `clockScale`: how much faster than real the platform's clock ran. */
  constructor(
    private readonly registry: Registry,
    private readonly leases: Leases,
    clockScale: number,
  ) {
    this.readWithinMs = READ_WITHIN_MS * clockScale;
  }

  seeOperator(operatorId: string, fact: OperatorWire, from: number): void {
    if (fact.type !== 'ReputationRecomputed.v1') return;
    const scores = this.scores.get(operatorId) ?? [];
    this.scores.set(operatorId, scores);
    scores.push({ from, value: fact.data.scoreBps });
  }

  seeChoice(choice: Chosen): void {
    this.order.push({ at: instant(choice.placed.placedAt), place: this.chosen.add(slim(choice)) });
  }

  /** `partial`: the export may lack nodes, operators and other rentals, so nothing is said of those that are not there. */
  check(noteAt: NoteAt, partial: boolean): void {
    const occupancy = new Occupancy(this.leases.all(), this.readWithinMs);
    const presence = new Presence(this.registry.nodes.all());
    this.order.sort((a, b) => a.at - b.at);
    for (const { at, place } of this.order) {
      const choice = this.chosen.at(place);
      const note = noteAt(choice.stream, choice.revision);
      this.registry.checkPlacement(choice, note, partial);
      if (partial) continue;
      const sights = this.seenAt(at, presence, occupancy);
      for (const candidate of choice.placed.receipt.best) {
        checkCandidate(candidate, sights.get(candidate.nodeId), choice, note);
      }
      checkCensus(choice, [...sights.values()], note);
      checkSpare(choice, [...sights.values()], note);
    }
  }

  private seenAt(moment: number, presence: Presence, occupancy: Occupancy): ReadonlyMap<string, Sight> {
    const held = occupancy.at(moment);
    const [surely, perhaps] = [byNode(held.surely), byNode(held.perhaps)];
    const within = this.readWithinMs;
    const sights = new Map<string, Sight>();
    for (const [nodeId, node] of presence.from(moment, moment - within)) {
      const { enrolled, prices, retiredAt } = node;
      const pricedAt = pricedFirst(node);
      if (enrolled === null) continue;
      const leases = { surely: surely.get(nodeId) ?? [], perhaps: perhaps.get(nodeId) ?? [] };
      const seen = <Value>(history: readonly Since<Value>[], first: Value): readonly Value[] =>
        inForceAt(history, moment, first, within);
      sights.set(nodeId, {
        ...{ nodeId, enrolled, leases },
        isListed: pricedAt <= moment - within && retiredAt > moment,
        verified: seen(node.verified, false),
        draining: seen(node.draining, false),
        rates: seen<bigint>(prices, -1n),
        reputations: seen(this.scores.get(enrolled.operatorId) ?? [], NEWCOMER),
        free: enrolled.gpus.length - leases.surely.length,
      });
    }
    return sights;
  }
}

function byNode(leases: readonly Lease[]): ReadonlyMap<string, readonly Lease[]> {
  const nodes = new Map<string, Lease[]>();
  for (const lease of leases) {
    const own = nodes.get(lease.nodeId);
    if (own === undefined) nodes.set(lease.nodeId, [lease]);
    else own.push(lease);
  }
  return nodes;
}

/** All are kept to the end: of each no more than is asked for there. */
function slim({ placed, ...choice }: Chosen): Choice {
  const { endpoint: _, receipt, ...machine } = placed;
  const { best, rules: _1, fullListSha256: _2, ...counts } = receipt;
  const candidates: Candidate[] = best.map((candidate) => ({
    nodeId: candidate.nodeId,
    operatorId: candidate.operatorId,
    rateMicroUsdcPerHour: candidate.rateMicroUsdcPerHour,
    reputationBps: candidate.reputationBps,
    idleGpus: candidate.idleGpus,
  }));
  return { ...choice, placed: { ...machine, receipt: { ...counts, best: candidates } } };
}

function checkCandidate(candidate: Candidate, sight: Sight | undefined, { terms }: Choice, note: Note): void {
  const { nodeId } = candidate;
  if (sight === undefined) {
    note('placement@1', `${nodeId} was there for nobody to choose`);
    return;
  }
  const { enrolled, verified, draining, rates, reputations, free } = sight;
  const rate = amount(candidate.rateMicroUsdcPerHour);
  note.compare('placement@1', `operator of ${nodeId}`, enrolled.operatorId, candidate.operatorId);
  note.compare('placement@1', `GPUs of ${nodeId}`, enrolled.gpuTier, terms.gpuTier);
  if (terms.region !== null) note.compare('placement@1', `region of ${nodeId}`, terms.region, enrolled.region);
  if (!verified.includes(true)) note('placement@1', `${nodeId} was not verified`);
  if (!draining.includes(false)) note('placement@1', `${nodeId} was draining`);
  if (!rates.includes(rate)) note.compare('placement@1', `price of ${nodeId}`, rates.at(-1) ?? -1n, rate);
  if (!reputations.includes(candidate.reputationBps)) {
    note.compare('placement@1', `reputation of ${nodeId}`, reputations.at(-1) ?? NEWCOMER, candidate.reputationBps);
  }
  if (candidate.idleGpus > free)
    note('placement@1', `${candidate.idleGpus} idle GPUs of ${nodeId}, at most ${free} were`);
}
