/** The supply side of a generated history: operators, their machines, and who holds which GPU. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { nodeStream, operatorStream } from '@tokenos/contracts/facts/streams';
import { usdc } from '@tokenos/domain/money';
import type { NodeEnrolled } from '@tokenos/domain/node/node';
import { PLACEMENT, rank, RECEIPT_BEST, type Candidate } from '@tokenos/domain/placement/placement';
import type { RentalPlaced } from '@tokenos/domain/rental/facts';
import type { Rental } from '@tokenos/domain/rental/state';
import { address, uuid } from '../generators/names.js';
import { enrolment } from '../generators/sample-node.js';
import type { World } from './world.js';

interface Gpu {
  readonly uuid: string;
  epoch: number;
  /** Rental that holds it. */
  holder: string | null;
}

interface Machine {
  readonly node: NodeEnrolled;
  readonly rate: bigint;
  readonly reputationBps: number;
  readonly gpus: readonly Gpu[];
}

export interface Market {
  /** Payout wallet by operator id. */
  readonly wallets: Readonly<Record<string, string>>;
  /** What allocation would place now; null where no machine fits. */
  readonly choose: (rental: Rental) => RentalPlaced | null;
  readonly take: (rentalId: string, placed: RentalPlaced) => void;
  readonly release: (rentalId: string) => void;
}

const MACHINES = [
  { operator: 1, gpus: 2, rate: 5_840_000n, reputationBps: 9_000, region: 'eu-central' },
  { operator: 1, gpus: 1, rate: 4_999_999n, reputationBps: 9_000, region: 'us-east' },
  { operator: 2, gpus: 3, rate: 5_250_001n, reputationBps: 3_225, region: 'eu-central' },
];

export function openMarket(world: World): Market {
  const wallets = { [uuid('b', 1)]: address('Worker1x'), [uuid('b', 2)]: address('Worker2x') };
  for (const [operatorId, wallet] of Object.entries(wallets)) {
    world.give(operatorStream, operatorId, 'gateway', { type: 'RegisterOperator', operatorId, wallet });
  }
  const machines = MACHINES.map((machine, index) => enrol(world, machine, index + 1));
  const gpusOf = (rentalId: string) =>
    machines.flatMap((machine) => machine.gpus).filter((gpu) => gpu.holder === rentalId);
  return {
    wallets,
    choose: (rental) => choose(world, machines, rental),
    take(rentalId, placed) {
      for (const { uuid: taken, leaseEpoch } of placed.gpus) {
        const gpu = machines.flatMap((machine) => machine.gpus).find((candidate) => candidate.uuid === taken);
        if (gpu !== undefined) Object.assign(gpu, { epoch: leaseEpoch, holder: rentalId });
      }
    },
    release(rentalId) {
      for (const gpu of gpusOf(rentalId)) gpu.holder = null;
    },
  };
}

function enrol(world: World, machine: (typeof MACHINES)[number], n: number): Machine {
  const { rate, reputationBps, region } = machine;
  const nodeId = uuid('c', n);
  const gpus = Array.from({ length: machine.gpus }, (_, index) => ({
    uuid: `GPU-${n}-${index}`,
    epoch: 0,
    holder: null,
  }));
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
  return { node, rate, reputationBps, gpus };
}

const idle = (machine: Machine): readonly Gpu[] => machine.gpus.filter((gpu) => gpu.holder === null);

function choose(world: World, machines: readonly Machine[], rental: Rental): RentalPlaced | null {
  const { rentalId, terms, quote, failedPlacements } = rental;
  const candidates = machines.map((machine): Candidate => ({
    ...machine.node,
    online: true,
    verified: true,
    draining: false,
    rateMicroUsdcPerHour: usdc(machine.rate),
    reputationBps: machine.reputationBps,
    idleGpus: idle(machine).length,
    tieBreak: sha256Hex(`${rentalId}:${machine.node.nodeId}`),
  }));
  const { capMicroUsdcPerHour } = quote;
  const excludedNodeIds = failedPlacements.map((failed) => failed.nodeId);
  const { ranked, unfit } = rank(candidates, { ...terms, capMicroUsdcPerHour, excludedNodeIds });
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
    attempt: failedPlacements.length + 1,
    nodeId,
    operatorId,
    gpus: idle(machine)
      .slice(0, terms.gpuCount)
      .map((gpu) => ({ uuid: gpu.uuid, leaseEpoch: gpu.epoch + 1 })),
    rateMicroUsdcPerHour,
    endpoint: { host, port, username: 'r0199a', hostKey },
    receipt: {
      rules: PLACEMENT,
      capMicroUsdcPerHour,
      best: ranked.slice(0, RECEIPT_BEST),
      unfit,
      fullListSha256: sha256Hex(canonical(list)),
    },
    placedAt: world.now,
  };
}
