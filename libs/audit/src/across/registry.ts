/** Nodes and operators as they registered, and what rentals and plans say of them. */

import { amount } from '../units.js';
import type { NoteAt } from '../here.js';
import type { NodeWire, OperatorWire, RentalData } from '../wire.js';

type Enrolled = Extract<NodeWire, { type: 'NodeEnrolled.v1' }>['data'];
type Place = { readonly stream: string; readonly revision: number };
type Placed = Place & {
  readonly placed: RentalData<'RentalPlaced'>;
  readonly terms: RentalData<'RentalRequested'>['terms'];
};

interface Node {
  enrolled: Enrolled | null;
  verified: boolean;
  readonly prices: Set<bigint>;
}

export class Registry {
  private readonly nodes = new Map<string, Node>();
  private readonly wallets = new Map<string, string>();
  private readonly placements: Placed[] = [];
  private readonly payouts: (Place & { readonly operatorId: string; readonly wallet: string })[] = [];

  seeNode(nodeId: string, fact: NodeWire): void {
    const node = this.nodes.get(nodeId) ?? { enrolled: null, verified: false, prices: new Set() };
    this.nodes.set(nodeId, node);
    if (fact.type === 'NodeEnrolled.v1') node.enrolled = fact.data;
    if (fact.type === 'NodeVerified.v1') node.verified = true;
    if (fact.type === 'NodePriced.v1') node.prices.add(amount(fact.data.rateMicroUsdcPerHour));
  }

  seeOperator(fact: OperatorWire): void {
    if (fact.type === 'OperatorRegistered.v1') this.wallets.set(fact.data.operatorId, fact.data.wallet);
  }

  seePlacement(placement: Placed): void {
    this.placements.push(placement);
  }

  seePayout(payout: Place & { operatorId: string; wallet: string }): void {
    this.payouts.push(payout);
  }

  /** `partial`: say nothing of nodes and operators that are not in the export. */
  check(noteAt: NoteAt, partial: boolean): void {
    for (const placement of this.placements) this.checkPlacement(placement, noteAt, partial);
    for (const { stream, revision, operatorId, wallet } of this.payouts) {
      const registered = this.wallets.get(operatorId);
      if (registered === undefined && partial) continue;
      noteAt(stream, revision).compare('settlement@1', `payout wallet of ${operatorId}`, registered ?? null, wallet);
    }
  }

  private checkPlacement({ stream, revision, placed, terms }: Placed, noteAt: NoteAt, partial: boolean): void {
    const note = noteAt(stream, revision);
    const node = this.nodes.get(placed.nodeId);
    const enrolled = node?.enrolled ?? null;
    if (node === undefined || enrolled === null) {
      if (!partial) note('placement@1', `node ${placed.nodeId} never enrolled`);
      return;
    }
    const expected = { operatorId: enrolled.operatorId, gpuTier: terms.gpuTier, region: terms.region };
    const region = terms.region === null ? null : enrolled.region;
    const found = { operatorId: placed.operatorId, gpuTier: enrolled.gpuTier, region };
    note.compare('placement@1', `node ${placed.nodeId} is not what was asked for`, expected, found);
    if (!node.verified) note('placement@1', `node ${placed.nodeId} was never verified`);
    if (!node.prices.has(amount(placed.rateMicroUsdcPerHour))) {
      note('placement@1', `node ${placed.nodeId} never asked ${placed.rateMicroUsdcPerHour} per GPU-hour`);
    }
    const own = new Set(enrolled.gpus.map((gpu) => gpu.uuid));
    const foreign = placed.gpus.find((gpu) => !own.has(gpu.uuid));
    if (foreign !== undefined) note('placement@1', `node ${placed.nodeId} has no GPU ${foreign.uuid}`);
  }
}
