/** The facts of `node-<id>` and their decider: an operator's machine, its price, and whether it may be offered. */

import { accepted, ignored, rejected, type Decider, type Outcome } from '../decider.js';
import type { MicroUsdc } from '../money.js';
import { isGpuTier, MAX_RATE, type GpuTier } from '../pricing/rate-sheet.js';

export interface NodeEnrolled {
  readonly nodeId: string;
  readonly operatorId: string;
  /** Ed25519 public key, base64url: signs heartbeats and probe answers. */
  readonly nodeKey: string;
  readonly gpuTier: GpuTier;
  readonly gpus: readonly { readonly uuid: string; readonly model: string }[];
  readonly simulated: boolean;
  readonly region: string;
  readonly country: string;
  readonly sshHost: string;
  readonly sshPort: number;
  readonly hostKey: string;
}

/** uptime@1: one UTC day of one node. */
export interface NodeUptimeRecorded {
  readonly rules: string;
  /** `2026-11-25`. */
  readonly day: string;
  /** Minutes of the day that it should have served. */
  readonly expectedMinutes: number;
  readonly servedMinutes: number;
  /** Of the expected: spoiled by the platform, so they do not count. */
  readonly platformFaultMinutes: number;
}

type Of<Type extends string, Data> = { readonly type: Type; readonly data: Data };
type Nothing = Record<string, never>;

export type NodeFact =
  | Of<'NodeEnrolled', NodeEnrolled>
  | Of<'NodePriced', { readonly rateMicroUsdcPerHour: MicroUsdc }>
  | Of<'NodeVerified', { readonly hostKey: string }>
  | Of<'NodeRejected', { readonly why: string }>
  | Of<'NodeDrained', Nothing>
  | Of<'NodeResumed', Nothing>
  | Of<'NodeRetired', Nothing>
  /** Power usage effectiveness in percent: 100 = no overhead. */
  | Of<'NodePueDeclared', { readonly puePercent: number }>
  | Of<'NodeUptimeRecorded', NodeUptimeRecorded>;

export type GatewayNodeCommand =
  | { readonly type: 'EnrolNode'; readonly node: Omit<NodeEnrolled, 'gpuTier'> & { readonly gpuTier: string } }
  | { readonly type: 'PriceNode'; readonly rateMicroUsdcPerHour: MicroUsdc }
  | { readonly type: 'DrainNode' }
  | { readonly type: 'ResumeNode' }
  | { readonly type: 'RetireNode' }
  | { readonly type: 'DeclarePue'; readonly puePercent: number };

export type AllocationNodeCommand =
  { readonly type: 'VerifyNode'; readonly hostKey: string } | { readonly type: 'RejectNode'; readonly why: string };

export type MeteringNodeCommand = { readonly type: 'RecordUptime'; readonly uptime: NodeUptimeRecorded };

export type NodeCommand = GatewayNodeCommand | AllocationNodeCommand | MeteringNodeCommand;

export interface EnrolledNode extends NodeEnrolled {
  readonly status: 'enrolled';
  readonly verification: 'pending' | 'verified' | 'rejected';
  readonly draining: boolean;
  readonly rateMicroUsdcPerHour: MicroUsdc | null;
  readonly puePercent: number | null;
  /** The last day on record; empty where none is. */
  readonly lastUptimeDay: string;
}

export type NodeState =
  | { readonly status: 'absent' }
  | EnrolledNode
  | {
      readonly status: 'retired';
      readonly nodeId: string;
      readonly operatorId: string;
      readonly lastUptimeDay: string;
    };

function decide(state: NodeState, command: NodeCommand): Outcome<NodeFact> {
  if (command.type === 'EnrolNode') return enrol(state, command.node);
  if (state.status === 'absent') return rejected({ code: 'node_absent', context: {} });
  if (command.type === 'RecordUptime') return recordUptime(state.lastUptimeDay, command.uptime);
  if (state.status === 'retired') {
    return command.type === 'RetireNode' ? ignored('retired already') : rejected({ code: 'node_retired', context: {} });
  }
  switch (command.type) {
    case 'PriceNode':
      return setPrice(state, command.rateMicroUsdcPerHour);
    case 'DrainNode':
      return state.draining ? ignored('draining already') : accepted({ type: 'NodeDrained', data: {} });
    case 'ResumeNode':
      return state.draining ? accepted({ type: 'NodeResumed', data: {} }) : ignored('not draining');
    case 'RetireNode':
      return accepted({ type: 'NodeRetired', data: {} });
    case 'VerifyNode':
      return state.verification === 'verified'
        ? ignored('verified already')
        : accepted({ type: 'NodeVerified', data: { hostKey: command.hostKey } });
    case 'RejectNode':
      return state.verification === 'rejected'
        ? ignored('rejected already')
        : accepted({ type: 'NodeRejected', data: { why: command.why } });
    case 'DeclarePue':
      return declarePue(state, command.puePercent);
  }
}

const MIN_PUE_PERCENT = 100;
const MAX_PUE_PERCENT = 300;

function declarePue(state: EnrolledNode, puePercent: number): Outcome<NodeFact> {
  if (!Number.isInteger(puePercent) || puePercent < MIN_PUE_PERCENT || puePercent > MAX_PUE_PERCENT) {
    return rejected({ code: 'bad_pue', context: { puePercent } });
  }
  return state.puePercent === puePercent
    ? ignored('this is its PUE')
    : accepted({ type: 'NodePueDeclared', data: { puePercent } });
}

/** Days in order, each once. Of a retired node too: its last day is recorded after it has gone. */
function recordUptime(after: string, uptime: NodeUptimeRecorded): Outcome<NodeFact> {
  const { day, expectedMinutes, servedMinutes, platformFaultMinutes } = uptime;
  if (day === after) return ignored('recorded already');
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || day < after) return rejected({ code: 'bad_day', context: { day, after } });
  const counted = expectedMinutes - platformFaultMinutes;
  if (servedMinutes > expectedMinutes || counted < 0) {
    return rejected({ code: 'bad_uptime', context: { expectedMinutes, servedMinutes, platformFaultMinutes } });
  }
  return accepted({ type: 'NodeUptimeRecorded', data: uptime });
}

function enrol(state: NodeState, node: Extract<NodeCommand, { type: 'EnrolNode' }>['node']): Outcome<NodeFact> {
  const { nodeId, gpuTier } = node;
  if (!isGpuTier(gpuTier)) return rejected({ code: 'unknown_gpu_tier', context: { gpuTier } });
  if (node.gpus.length === 0) return rejected({ code: 'no_gpus', context: {} });
  const twice = node.gpus.find((gpu, index) => node.gpus.findIndex(({ uuid }) => uuid === gpu.uuid) !== index);
  if (twice !== undefined) return rejected({ code: 'duplicate_gpu', context: { uuid: twice.uuid } });
  if (state.status === 'absent') return accepted({ type: 'NodeEnrolled', data: { ...node, gpuTier } });
  if (state.status === 'enrolled' && state.nodeKey === node.nodeKey && state.operatorId === node.operatorId) {
    return ignored('enrolled already with this key');
  }
  return rejected({ code: 'node_exists', context: { nodeId } });
}

function setPrice(state: EnrolledNode, rateMicroUsdcPerHour: MicroUsdc): Outcome<NodeFact> {
  if (rateMicroUsdcPerHour <= 0n || rateMicroUsdcPerHour > MAX_RATE) {
    return rejected({ code: 'bad_rate', context: { rateMicroUsdcPerHour } });
  }
  return state.rateMicroUsdcPerHour === rateMicroUsdcPerHour
    ? ignored('this is its price')
    : accepted({ type: 'NodePriced', data: { rateMicroUsdcPerHour } });
}

function evolve(state: NodeState, fact: NodeFact): NodeState {
  if (fact.type === 'NodeEnrolled') {
    const nothingYet = { draining: false, rateMicroUsdcPerHour: null, puePercent: null, lastUptimeDay: '' };
    return { ...fact.data, status: 'enrolled', verification: 'pending', ...nothingYet };
  }
  if (fact.type === 'NodeUptimeRecorded') {
    return state.status === 'absent' ? state : { ...state, lastUptimeDay: fact.data.day };
  }
  if (state.status !== 'enrolled') return state;
  switch (fact.type) {
    case 'NodePriced':
      return { ...state, rateMicroUsdcPerHour: fact.data.rateMicroUsdcPerHour };
    case 'NodeVerified':
      return { ...state, verification: 'verified' };
    case 'NodeRejected':
      return { ...state, verification: 'rejected' };
    case 'NodeDrained':
      return { ...state, draining: true };
    case 'NodeResumed':
      return { ...state, draining: false };
    case 'NodePueDeclared':
      return { ...state, puePercent: fact.data.puePercent };
    case 'NodeRetired': {
      const { nodeId, operatorId, lastUptimeDay } = state;
      return { status: 'retired', nodeId, operatorId, lastUptimeDay };
    }
  }
}

export const nodeDecider: Decider<NodeState, NodeCommand, NodeFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
