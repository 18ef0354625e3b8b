/** Wire facts by hand, one maker per thing that happens: every amount is written down, none is computed. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import type { Json } from '@tokenos/contracts/envelope/envelope';
import type { Entry } from './entries.js';
import { address, NODE_A, signature, STRAY, time } from './names.js';

const [MINT, TREASURY, GENESIS] = [address('mint'), address('treasury'), address('genesis')];
const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
type Data = Entry['data'];

const fact = (by: string) => (stream: string, type: string, clock: string, data: Data) => ({
  stream,
  type: `${type}.v1`,
  at: time(clock),
  by,
  data,
});
export const gateway = fact('gateway');
export const allocation = fact('allocation');
export const metering = fact('metering');
export const settlement = fact('settlement');

/** Surplus 1,234 on 60 minutes of one H100 at a cap of 6 USDC per hour; expires at 10:15. */
export const requested = (stream: string, clock: string): Entry =>
  gateway(stream, 'RentalRequested', clock, {
    rentalId: idOf(stream),
    buyerId: 'buyer-1',
    terms: {
      gpuTier: 'H100',
      gpuCount: 1,
      tier: 'ON_DEMAND',
      minutes: 60,
      region: 'eu-west',
      minReputationBps: 3_000,
      maxWaitMs: 60_000,
      label: null,
    },
    quote: {
      rules: 'pricing@1',
      capMicroUsdcPerHour: '6000000',
      tierBps: 10_000,
      feeBps: 500,
      priceMicroUsdc: '6000000',
      surplusMicroUsdc: '1234',
      totalMicroUsdc: '6001234',
      quotedAt: time('00:00'),
      expiresAt: time('15:00'),
    },
    payment: { mint: MINT, treasury: TREASURY, reference: address(`ref${idOf(stream).slice(-1)}`), refundTo: null },
  });

const landedAt = (clock: string) => ({ blockTime: time(clock), slot: 1_000 });

export const seen = (clock: string, name: string, payer: string, amount: string, rental: string | null): Entry =>
  settlement(`payment-${signature(name)}`, 'PaymentSeen', clock, {
    signature: signature(name),
    mint: MINT,
    amount,
    payers: [{ wallet: address(payer), amount }],
    references: [address(rental === null ? 'nobody' : `ref${rental.slice(-1)}`)],
    memo: null,
    ...landedAt(clock),
    genesisHash: GENESIS,
    assignedTo: rental === null ? null : idOf(rental),
    why: rental === null ? 'unknown_reference' : null,
  });

export const paid = (rental: string, clock: string, name: string, payer: string, amount: string): Entry[] => [
  seen(clock, name, payer, amount, rental),
  settlement(rental, 'PaymentReceived', clock, {
    signature: signature(name),
    amountMicroUsdc: amount,
    payer: address(payer),
    ...landedAt(clock),
    genesisHash: GENESIS,
  }),
  settlement(rental, 'PaymentFinalized', clock, { signature: signature(name) }),
];

export const node = (nodeId: string, operatorId: string, rate: string): Entry[] => [
  gateway(`operator-${operatorId}`, 'OperatorRegistered', '00:00', { operatorId, wallet: address(operatorId) }),
  gateway(`node-${nodeId}`, 'NodeEnrolled', '00:00', {
    nodeId,
    operatorId,
    nodeKey: 'key',
    gpuTier: 'H100',
    gpus: [0, 1].map((n) => ({ uuid: `GPU-${operatorId}-${n}`, model: 'SIMULATED H100' })),
    simulated: true,
    region: 'eu-west',
    country: 'IE',
    sshHost: 'node.example',
    sshPort: 22,
    hostKey: 'ssh-ed25519 AAAA',
  }),
  gateway(`node-${nodeId}`, 'NodePriced', '00:00', { rateMicroUsdcPerHour: rate }),
  allocation(`node-${nodeId}`, 'NodeVerified', '00:01', { hostKey: 'ssh-ed25519 AAAA' }),
];

/** 266 = floor(10000 x 160000 / 6000000); 23373 = 7 x 3225 + 3 x 266. */
const candidate = (rental: string, nodeId: string) => ({
  nodeId,
  operatorId: nodeId === NODE_A ? 'opa' : 'opb',
  rateMicroUsdcPerHour: nodeId === NODE_A ? '5840000' : '6000000',
  reputationBps: 3_225,
  idleGpus: 2,
  priceAdvantageBps: nodeId === NODE_A ? 266 : 0,
  score: nodeId === NODE_A ? 23_373 : 22_575,
  tieBreak: sha256Hex(`${idOf(rental)}:${nodeId}`),
});

const NO_UNFIT = Object.fromEntries(
  ['offline', 'unverified', 'draining', 'gpu_tier', 'region', 'reputation', 'rate_above_cap']
    .concat('not_enough_idle_gpus', 'failed_before')
    .map((reason) => [reason, 0]),
);

export function placed(
  rental: string,
  clock: string,
  attempt: number,
  nodes: readonly string[],
  leaseEpoch: number,
): Entry {
  const best = nodes.map((nodeId) => candidate(rental, nodeId));
  const { nodeId, operatorId, rateMicroUsdcPerHour } = candidate(rental, nodes[0] ?? '');
  // There are two nodes; who is no candidate has failed before.
  const unfit = { ...NO_UNFIT, failed_before: 2 - nodes.length };
  return allocation(rental, 'RentalPlaced', clock, {
    attempt,
    nodeId,
    operatorId,
    gpus: [{ uuid: `GPU-${operatorId}-0`, leaseEpoch }],
    rateMicroUsdcPerHour,
    endpoint: { host: 'node.example', port: 22, username: 'r1234', hostKey: 'ssh-ed25519 AAAA' },
    receipt: {
      rules: 'placement@1',
      capMicroUsdcPerHour: '6000000',
      best,
      unfit,
      fullListSha256: sha256Hex(canonical(best)),
    },
    placedAt: time(clock),
  });
}

interface Plan {
  readonly paid: string;
  readonly charged: string;
  readonly fee: string;
  readonly groups?: readonly Json[];
  readonly transfers: readonly (readonly [role: string, to: string, amount: string])[];
}

export function settledBy(stream: string, clock: string, name: string, plan: Plan): Entry[] {
  const planId = `plan-${name}`;
  const landed = { planId, signature: signature(name), slot: 2_000, blockTime: time(clock) };
  return [
    settlement(stream, 'SettlementPlanned', clock, {
      planId,
      kind: plan.groups === undefined ? 'return' : 'final',
      rules: 'settlement@1',
      paidMicroUsdc: plan.paid,
      feeBps: stream === STRAY ? 0 : 500,
      groups: plan.groups ?? [],
      chargedMicroUsdc: plan.charged,
      feeMicroUsdc: plan.fee,
      transfers: plan.transfers.map(([role, to, amountMicroUsdc]) => ({ role, to: address(to), amountMicroUsdc })),
    }),
    settlement(stream, 'SettlementSigned', clock, {
      planId,
      bytes: 'AAAA',
      signature: signature(name),
      lastValidBlockHeight: 250,
      genesisHash: GENESIS,
    }),
    settlement(stream, 'SettlementConfirmed', clock, landed),
    settlement(stream, 'SettlementFinalized', clock, landed),
  ];
}

export const settled = (
  rental: string,
  clock: string,
  totals: readonly [string, string, string, string, string],
): Entry => {
  const [paidMicroUsdc, chargedMicroUsdc, feeMicroUsdc, operatorMicroUsdc, refundedMicroUsdc] = totals;
  const data = { paidMicroUsdc, chargedMicroUsdc, feeMicroUsdc, operatorMicroUsdc, refundedMicroUsdc };
  return settlement(rental, 'RentalSettled', clock, data);
};

export const stopped = (rental: string, clock: string): Entry =>
  gateway(rental, 'RentalEnded', clock, { reason: 'buyer_stopped', fault: 'buyer', effectiveAt: time(clock) });
