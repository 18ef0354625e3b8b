/** Nodes as they registered, with the price, the PUE and the days they had. */

import type { Here } from '../here.js';
import { amount } from '../units.js';
import type { NodeWire } from '../wire.js';
import { Days } from './days.js';
import { inForceAt, type Since } from './since.js';

type NodeData<Name extends string> = Extract<NodeWire, { type: `${Name}.v1` }>['data'];

export interface Node {
  enrolled: NodeData<'NodeEnrolled'> | null;
  readonly verified: Since<boolean>[];
  readonly draining: Since<boolean>[];
  readonly prices: Since<bigint>[];
  retiredAt: number;
  readonly pue: Since<number>[];
}

export class Nodes {
  readonly days = new Days();
  private readonly nodes = new Map<string, Node>();

  see(nodeId: string, fact: NodeWire, here: Here): void {
    const node = this.nodes.get(nodeId) ?? newNode();
    this.nodes.set(nodeId, node);
    checkOrder(nodeId, node, fact, here);
    if (fact.type === 'NodeEnrolled.v1') node.enrolled ??= fact.data;
    const from = here.at;
    if (fact.type === 'NodeVerified.v1') {
      node.verified.push({ from, value: true });
      this.days.verified(here.stream, from);
    }
    if (fact.type === 'NodeRejected.v1') node.verified.push({ from, value: false });
    if (fact.type === 'NodeDrained.v1') node.draining.push({ from, value: true });
    if (fact.type === 'NodeResumed.v1') node.draining.push({ from, value: false });
    if (fact.type === 'NodeRetired.v1') {
      node.retiredAt = from;
      this.days.retired(here.stream, from);
    }
    if (fact.type === 'NodePriced.v1') node.prices.push({ from, value: amount(fact.data.rateMicroUsdcPerHour) });
    if (fact.type === 'NodePueDeclared.v1') node.pue.push({ from, value: fact.data.puePercent });
    if (fact.type === 'NodeUptimeRecorded.v1') this.days.see(node, fact.data, here);
  }

  get(nodeId: string): Node | undefined {
    return this.nodes.get(nodeId);
  }

  all(): Iterable<readonly [nodeId: string, node: Node]> {
    return this.nodes;
  }

  /** What the node had declared then; null among them where it had declared nothing. */
  pueAt(nodeId: string, at: number): readonly (number | null)[] {
    return inForceAt(this.nodes.get(nodeId)?.pue ?? [], at, null);
  }
}

const newNode = (): Node => ({
  ...{ enrolled: null, verified: [], draining: [], prices: [], retiredAt: Number.POSITIVE_INFINITY },
  pue: [],
});

/** Who it is was said once; once it has retired only its last days are put on record. */
function checkOrder(nodeId: string, { enrolled, retiredAt }: Node, { type, data }: NodeWire, { note }: Here): void {
  if (type === 'NodeEnrolled.v1') {
    note.compare('order', 'a machine has a stream of its own', nodeId, data.nodeId);
    if (enrolled !== null) note('order', 'it enrolls twice');
  } else if (enrolled === null) note('order', 'it has not enrolled yet');
  else if (retiredAt < Number.POSITIVE_INFINITY && type !== 'NodeUptimeRecorded.v1') {
    note('order', 'it has retired');
  }
}
