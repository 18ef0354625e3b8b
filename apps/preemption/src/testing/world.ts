/** One machine with two GPUs, SPOT rentals on it, and a request that pays in full: what preemption's specs play with. */

import { usdc } from '@tokenos/domain/money';
import type { Tier } from '@tokenos/domain/pricing/rate-sheet';
import type { RentalFact, RentalTerms } from '@tokenos/domain/rental/facts';
import { uuid } from '@tokenos/testing/generators/names';
import { placed, RATE, received, requestedWith, started, STARTED_AT } from '@tokenos/testing/generators/sample-facts';
import { enrolment } from '@tokenos/testing/generators/sample-node';
import type { NodeFact } from '@tokenos/domain/node/node';

export const NODE = uuid('c', 1);
export const PAYING = uuid('a', 99);
export const spotId = (n: number): string => uuid('a', n);

/** Verified and priced, with these cards. */
export const machineFacts = (gpus: number, nodeId = NODE): readonly NodeFact[] => [
  {
    type: 'NodeEnrolled',
    data: {
      ...enrolment,
      nodeId,
      gpus: Array.from({ length: gpus }, (_, n) => ({ uuid: `GPU-${n}`, model: 'NVIDIA H100 80GB HBM3' })),
    },
  },
  { type: 'NodePriced', data: { rateMicroUsdcPerHour: RATE } },
  { type: 'NodeVerified', data: { hostKey: enrolment.hostKey } },
];

/** Asked for and paid. */
export const paidFacts = (rentalId: string, change: Partial<RentalTerms> = {}): readonly RentalFact[] => {
  const requested = requestedWith(change);
  if (requested.type !== 'RentalRequested') throw new Error('the sample is no request');
  return [{ ...requested, data: { ...requested.data, rentalId } }, received()];
};

/** Runs on these cards of the machine. */
export const runningFacts = (
  rentalId: string,
  gpuUuids: readonly string[],
  change: Partial<RentalTerms> & { readonly tier: Tier },
  startedAt = STARTED_AT,
): readonly RentalFact[] => {
  const gpus = gpuUuids.map((uuid) => ({ uuid, leaseEpoch: 1 }));
  const start = started();
  if (start.type !== 'RentalStarted') throw new Error('the sample is no start');
  return [
    ...paidFacts(rentalId, { gpuCount: gpus.length, ...change }),
    placed(1, { nodeId: NODE, gpus, rateMicroUsdcPerHour: usdc(RATE) }),
    { ...start, data: { ...start.data, startedAt } },
  ];
};
