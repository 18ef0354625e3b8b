/** Tampering with what was chosen: who holds a GPU, and who has to yield. */

import { canonical, sha256Hex } from '@tokenos/contracts/envelope/canonical';
import { both, drop, dress } from '@tokenos/testing/wire/entries';
import { alter, type Edit, type Placed } from './edits.js';
import { rental, type Tampering } from './tampering.js';

const lease = (stream: string, change: (epoch: number) => number): Edit =>
  alter(stream, 'RentalPlaced', ({ gpus, ...rest }: Placed) => ({
    ...rest,
    gpus: gpus.map(({ uuid, leaseEpoch }) => ({ uuid, leaseEpoch: change(leaseEpoch) })),
  }));

export const gpus: readonly Tampering[] = [
  {
    what: 'a GPU is taken before the rental before has left it',
    on: rental.beneficiary,
    by: 'I3',
    edit: both(
      dress(rental.spot, 'AccessRevoked.v1', { at: '2026-11-23T11:22:08.000Z' }),
      dress(rental.spot, 'SettlementConfirmed.v1', { at: '2026-11-23T11:22:08.000Z' }),
    ),
  },
  {
    what: 'two rentals hold a GPU under the same epoch',
    on: rental.beneficiary,
    by: 'I3',
    edit: lease(rental.beneficiary, (epoch) => epoch - 1),
  },
  {
    what: 'a lease epoch goes back',
    on: rental.stopped,
    by: 'I3',
    edit: lease(rental.stopped, (epoch) => epoch + 3),
  },
  {
    what: 'a GPU is leased that the machine does not have',
    on: rental.stopped,
    by: 'placement@1',
    edit: alter(rental.stopped, 'RentalPlaced', ({ gpus: leased, ...rest }: Placed) => ({
      ...rest,
      gpus: leased.map((gpu) => ({ ...gpu, uuid: 'GPU-9-9' })),
    })),
  },
];

interface Noticed {
  readonly gpuUuids: readonly string[];
  readonly receipt: {
    readonly request: object;
    readonly best: readonly {
      readonly idleGpus: number;
      readonly victims: readonly string[];
      readonly spot: readonly { readonly startedAt: string }[];
    }[];
  };
}

/** The first machine of the receipt changed, and the hash over the list made anew. */
const noticed = (change: (node: Noticed['receipt']['best'][number]) => object): Edit =>
  alter(rental.spot, 'PreemptionNoticed', ({ receipt, ...rest }: Noticed) => {
    const best = receipt.best.map((node, place) => (place === 0 ? change(node) : node));
    return { ...rest, receipt: { ...receipt, best, fullListSha256: sha256Hex(canonical(best)) } };
  });

const STRANGER = '01990000-0000-7000-8000-00000000abcd';
/** Nobody would choose it: it has been there longest, and frees too little. */
const stranger = {
  rentalId: STRANGER,
  gpuUuids: ['GPU-2-3'],
  startedAt: '2026-11-23T10:00:00.000Z',
  tieBreak: sha256Hex(`${rental.beneficiary.replace('rental-', '')}:${STRANGER}`),
};

export const yielding: readonly Tampering[] = [
  {
    what: 'nobody was chosen to yield',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({ ...node, victims: [] })),
  },
  {
    what: 'the victim started at another time',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({
      ...node,
      spot: node.spot.map((one) => ({ ...one, startedAt: '2026-11-23T10:59:59.000Z' })),
    })),
  },
  {
    what: 'somebody stands in line to yield who never ran there',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({
      ...node,
      spot: [...node.spot, stranger],
    })),
  },
  {
    what: 'somebody yields though enough GPUs are idle',
    on: rental.spot,
    by: 'preemption@1',
    edit: noticed((node) => ({ ...node, idleGpus: 2 })),
  },
  {
    what: 'the request that others yield to asked for something else',
    on: rental.spot,
    by: 'preemption@1',
    edit: alter(rental.spot, 'PreemptionNoticed', ({ receipt, ...rest }: Noticed) => ({
      ...rest,
      receipt: { ...receipt, request: { ...receipt.request, tier: 'RESERVED' } },
    })),
  },
  {
    what: 'others yield to a request that nobody paid',
    on: rental.spot,
    by: 'preemption@1',
    edit: drop(rental.beneficiary, 'PaymentReceived.v1'),
  },
  {
    what: 'another GPU comes free than the victim had',
    on: rental.spot,
    by: 'preemption@1',
    edit: alter(rental.spot, 'PreemptionNoticed', (data: Noticed) => ({ ...data, gpuUuids: ['GPU-3-1'] })),
  },
];
