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

type Of<Type extends string, Data> = { readonly type: Type; readonly data: Data };
type Nothing = Record<string, never>;

export type NodeFact =
  | Of<'NodeEnrolled', NodeEnrolled>
  | Of<'NodePriced', { readonly rateMicroUsdcPerHour: MicroUsdc }>
  | Of<'NodeVerified', { readonly hostKey: string }>
  | Of<'NodeRejected', { readonly why: string }>
  | Of<'NodeDrained', Nothing>
  | Of<'NodeResumed', Nothing>
  | Of<'NodeRetired', Nothing>;

export type GatewayNodeCommand =
  | { readonly type: 'EnrolNode'; readonly node: Omit<NodeEnrolled, 'gpuTier'> & { readonly gpuTier: string } }
  | { readonly type: 'PriceNode'; readonly rateMicroUsdcPerHour: MicroUsdc }
  | { readonly type: 'DrainNode' }
  | { readonly type: 'ResumeNode' }
  | { readonly type: 'RetireNode' };

export type AllocationNodeCommand =
  { readonly type: 'VerifyNode'; readonly hostKey: string } | { readonly type: 'RejectNode'; readonly why: string };

export type NodeCommand = GatewayNodeCommand | AllocationNodeCommand;

export interface EnrolledNode extends NodeEnrolled {
  readonly status: 'enrolled';
  readonly verification: 'pending' | 'verified' | 'rejected';
  readonly draining: boolean;
  readonly rateMicroUsdcPerHour: MicroUsdc | null;
}

export type NodeState =
  | { readonly status: 'absent' }
  | EnrolledNode
  | { readonly status: 'retired'; readonly nodeId: string; readonly operatorId: string };

function decide(state: NodeState, command: NodeCommand): Outcome<NodeFact> {
  if (command.type === 'EnrolNode') return enrol(state, command.node);
  if (state.status === 'absent') return rejected({ code: 'node_absent', context: {} });
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
  }
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
    return { ...fact.data, status: 'enrolled', verification: 'pending', draining: false, rateMicroUsdcPerHour: null };
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
    case 'NodeRetired':
      return { status: 'retired', nodeId: state.nodeId, operatorId: state.operatorId };
  }
}

export const nodeDecider: Decider<NodeState, NodeCommand, NodeFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
