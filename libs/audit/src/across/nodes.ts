/** Nodes as they registered, with the price, the PUE and the days they had; and uptime@1, day by day. */

import type { Here } from '../here.js';
import { amount } from '../units.js';
import type { NodeWire } from '../wire.js';
import { inForceAt, type Since } from './since.js';

type NodeData<Name extends string> = Extract<NodeWire, { type: `${Name}.v1` }>['data'];
type Uptime = NodeData<'NodeUptimeRecorded'>;

export interface Node {
  enrolled: NodeData<'NodeEnrolled'> | null;
  readonly verified: Since<boolean>[];
  readonly draining: Since<boolean>[];
  readonly prices: Since<bigint>[];
  retiredAt: number;
  readonly pue: Since<number>[];
  /** The last day on record; empty where none is. */
  lastDay: string;
}

const DAY_MINUTES = 1_440;

export class Nodes {
  private readonly nodes = new Map<string, Node>();

  see(nodeId: string, fact: NodeWire, here: Here): void {
    const node = this.nodes.get(nodeId) ?? newNode();
    this.nodes.set(nodeId, node);
    if (fact.type === 'NodeEnrolled.v1') node.enrolled = fact.data;
    const from = here.at;
    if (fact.type === 'NodeVerified.v1') node.verified.push({ from, value: true });
    if (fact.type === 'NodeRejected.v1') node.verified.push({ from, value: false });
    if (fact.type === 'NodeDrained.v1') node.draining.push({ from, value: true });
    if (fact.type === 'NodeResumed.v1') node.draining.push({ from, value: false });
    if (fact.type === 'NodeRetired.v1') node.retiredAt = from;
    if (fact.type === 'NodePriced.v1') node.prices.push({ from, value: amount(fact.data.rateMicroUsdcPerHour) });
    if (fact.type === 'NodePueDeclared.v1') node.pue.push({ from, value: fact.data.puePercent });
    if (fact.type === 'NodeUptimeRecorded.v1') {
      checkUptime(node, fact.data, here);
      node.lastDay = fact.data.day;
    }
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
  ...{ pue: [], lastDay: '' },
});

function checkUptime({ lastDay: before }: Node, uptime: Uptime, { note, at }: Here): void {
  const { day, expectedMinutes, servedMinutes, platformFaultMinutes } = uptime;
  if (!note.compare('uptime@1', 'rules of the day', 'uptime@1', uptime.rules)) return;
  if (day <= before) note('uptime@1', `${day} is recorded after ${before}`);
  if (at < Date.parse(day) + DAY_MINUTES * 60_000) note('uptime@1', `${day} is recorded before it is over`);
  if (expectedMinutes > DAY_MINUTES) note('uptime@1', `a day of ${expectedMinutes} minutes`);
  if (servedMinutes > expectedMinutes) note('uptime@1', `${servedMinutes} of ${expectedMinutes} minutes are served`);
  if (platformFaultMinutes > expectedMinutes) {
    note('uptime@1', `${platformFaultMinutes} of ${expectedMinutes} minutes are spoiled`);
  }
}
