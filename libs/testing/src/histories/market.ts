/** The supply side of a generated history: operators, their machines, and what allocation and preemption would choose of them. */

import type { Site } from '@tokenos/contracts/carbon/attribution';
import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { nodeStream, operatorStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { NodeEnrolled } from '@tokenos/domain/node/node';
import { walletAt } from '@tokenos/domain/operator/operator';
import {
  NEWCOMER_REPUTATION_BPS,
  PLACEMENT,
  rank,
  RECEIPT_BEST,
  type Candidate,
} from '@tokenos/domain/placement/placement';
import { capOf, failedNodes, nextAttempt } from '@tokenos/domain/rental/attempts';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Present } from '@tokenos/domain/rental/state';
import { address, nth, uuid } from '../generators/names.js';
import { enrolment } from '../generators/sample-node.js';
import { admitted } from './admitted.js';
import { holdingsOf, isIdle, newGpu, type Gpu, type Holdings } from './holdings.js';
import type { World } from './world.js';

export interface Machine {
  readonly node: NodeEnrolled;
  readonly rate: bigint;
  readonly gpus: readonly Gpu[];
}

export interface Market extends Holdings {
  readonly machines: readonly Machine[];
  /** Payout wallet by operator id, as of now. */
  readonly wallets: () => Readonly<Record<string, string>>;
  /** An operator asks to be paid elsewhere from now on. */
  readonly changeWallet: (detail: number) => void;
  /** What allocation would place now; null where no machine fits. */
  readonly choose: (state: Present) => RentalPlaced | null;
  readonly siteOf: (nodeId: string) => Site;
}

/** Nobody has scored their operators. */
const MACHINES = [
  {
    operator: 1,
    gpus: 2,
    rate: 5_840_000n,
    region: 'eu-central',
    puePercent: 125,
  },
  {
    operator: 1,
    gpus: 1,
    rate: 4_999_999n,
    region: 'us-east',
    puePercent: 107,
  },
  {
    operator: 2,
    gpus: 3,
    rate: 5_250_001n,
    region: 'eu-central',
    puePercent: null,
  },
];

export function openMarket(world: World): Market {
  const operators = [1, 2].map((n) => uuid('b', n));
  operators.forEach((operatorId, index) => {
    const wallet = address(`Worker${index + 1}x`);
    world.give(operatorStream, operatorId, 'gateway', { type: 'RegisterOperator', operatorId, wallet });
  });
  const machines = MACHINES.map((machine, index) => enrol(world, machine, index + 1));
  const walletOf = (operatorId: string): string => {
    const state = world.stateOf(operatorStream, operatorId);
    return state.status === 'absent' ? '' : walletAt(state, world.now);
  };
  return {
    ...holdingsOf(machines.flatMap((machine) => machine.gpus)),
    machines,
    wallets: () => Object.fromEntries(operators.map((operatorId) => [operatorId, walletOf(operatorId)])),
    changeWallet(detail) {
      const wallet = address(nth('Moved', world.next()));
      const operatorId = operators[detail % operators.length] ?? '';
      world.give(operatorStream, operatorId, 'gateway', { type: 'ChangeWallet', at: world.now, wallet });
    },
    choose: (state) => choose(world, machines, state),
    siteOf(nodeId) {
      const index = machines.findIndex(({ node }) => node.nodeId === nodeId);
      return { country: enrolment.country, puePercent: MACHINES[index]?.puePercent ?? null };
    },
  };
}

function enrol(world: World, machine: (typeof MACHINES)[number], n: number): Machine {
  const { rate, region, puePercent } = machine;
  const nodeId = uuid('c', n);
  const gpus = Array.from({ length: machine.gpus }, (_, index) => newGpu(`GPU-${n}-${index}`));
  const node: NodeEnrolled = {
    ...enrolment,
    nodeId,
    operatorId: uuid('b', machine.operator),
    region,
    gpus: gpus.map((gpu) => ({ uuid: gpu.uuid, model: 'NVIDIA H100 80GB HBM3' })),
  };
  world.give(nodeStream, nodeId, 'gateway', { type: 'EnrolNode', node });
  world.give(nodeStream, nodeId, 'gateway', { type: 'PriceNode', rateMicroUsdcPerHour: usdc(rate) });
  world.give(nodeStream, nodeId, 'allocation', { type: 'VerifyNode', hostKey: node.hostKey });
  if (puePercent !== null) world.give(nodeStream, nodeId, 'gateway', { type: 'DeclarePue', puePercent });
  return { node, rate, gpus };
}

/** A machine as placement sees it for this rental. */
export function candidateOf(machine: Machine, rentalId: string, world: World): Candidate {
  return {
    ...machine.node,
    online: true,
    verified: true,
    draining: false,
    rateMicroUsdcPerHour: usdc(machine.rate),
    reputationBps: NEWCOMER_REPUTATION_BPS,
    idleGpus: machine.gpus.filter((gpu) => isIdle(gpu, rentalId, world.now)).length,
    tieBreak: sha256Hex(`${rentalId}:${machine.node.nodeId}`),
  };
}

function choose(world: World, machines: readonly Machine[], state: Present): RentalPlaced | null {
  const { rentalId, terms } = state.rental;
  const candidates = machines.map((machine) => candidateOf(machine, rentalId, world));
  const capMicroUsdcPerHour = capOf(state);
  const excludedNodeIds = failedNodes(state);
  const wanted = { ...terms, capMicroUsdcPerHour, excludedNodeIds };
  const { candidates: able, refused } = admitted(world, machines, state, candidates, wanted);
  const { ranked, unfit } = rank(able, wanted);
  const best = ranked[0];
  const machine = machines.find(({ node }) => node.nodeId === best?.nodeId);
  if (best === undefined || machine === undefined) return null;
  const { nodeId, operatorId, rateMicroUsdcPerHour } = best;
  const { sshHost: host, sshPort: port, hostKey } = machine.node;
  const list = ranked.map((scored) => ({
    ...scored,
    rateMicroUsdcPerHour: scored.rateMicroUsdcPerHour.toString(),
  }));
  return {
    attempt: nextAttempt(state),
    nodeId,
    operatorId,
    gpus: machine.gpus
      .filter((gpu) => isIdle(gpu, rentalId, world.now))
      .slice(0, terms.gpuCount)
      .map((gpu) => ({ uuid: gpu.uuid, leaseEpoch: gpu.epoch + 1 })),
    rateMicroUsdcPerHour,
    endpoint: { host, port, username: 'r0199a', hostKey },
    receipt: {
      rules: PLACEMENT,
      capMicroUsdcPerHour,
      best: ranked.slice(0, RECEIPT_BEST),
      unfit,
      ...refused,
      fullListSha256: sha256Hex(canonical(list)),
    },
    placedAt: world.now,
  };
}
