/** Forged: what happens to a rental between its start and its end. */

import { eachForgeryIsFound, type Forgery } from '@tokenos/testing/histories/forgeries';
import { audit } from '../audit.js';
import type { Code } from '../finding.js';

const HOUR_MS = 3_600_000;
const later = (instant: string, ms: number): string => new Date(Date.parse(instant) + ms).toISOString();

type Told = { readonly [key: string]: unknown };
const other = (key: string) => (data: Told) => ({ ...data, [key]: 'another' });
const nextAttempt = (data: { attempt: number }) => ({ ...data, attempt: data.attempt + 1 });
const moved = (key: string, ms: number) => (data: Readonly<Record<string, string>>) => ({
  ...data,
  [key]: later(data[key]!, ms),
});

const failover: Forgery<Code>[] = [
  ['another attempt is lost', 'RentalInterrupted.v1', 'order', nextAttempt],
  ['another operator is blamed', 'RentalInterrupted.v1', 'order', other('operatorId')],
  ['it is lost in the future', 'RentalInterrupted.v1', 'order', moved('interruptedAt', 30 * 24 * HOUR_MS)],
  ['another attempt goes on', 'RentalResumed.v1', 'order', nextAttempt],
  ['it goes on before it was placed', 'RentalResumed.v1', 'order', moved('resumedAt', -24 * HOUR_MS)],
  ['the buyer is back on another machine', 'BuyerReturned.v1', 'order', nextAttempt],
  ['the buyer is back before the machine is', 'BuyerReturned.v1', 'I8', moved('returnedAt', -30 * 24 * HOUR_MS)],
  [
    'a lost machine keeps its buyer in',
    'AccessRevoked.v1',
    'I5',
    (data: { revokedAt: string }) => ({ ...data, revokedAt: later(data.revokedAt, 60 * 24 * HOUR_MS) }),
  ],
];

interface Noticed extends Told {
  readonly receipt: {
    readonly best: readonly { readonly victims: readonly string[]; readonly spot: readonly Told[] }[];
  };
}
const best = (change: (first: Noticed['receipt']['best'][number]) => Told) => (data: Noticed) => {
  const [first, ...others] = data.receipt.best;
  return { ...data, receipt: { ...data.receipt, best: [{ ...first, ...change(first!) }, ...others] } };
};

const preemption: Forgery<Code>[] = [
  ['it yields to a request that nobody made', 'PreemptionNoticed.v1', 'preemption@1', other('beneficiaryId')],
  [
    'other GPUs come free than it has',
    'PreemptionNoticed.v1',
    'preemption@1',
    (data: Told) => ({ ...data, gpuUuids: ['GPU-9-9'] }),
  ],
  ['nobody was chosen', 'PreemptionNoticed.v1', 'preemption@1', best(() => ({ victims: [] }))],
  [
    'its start is another',
    'PreemptionNoticed.v1',
    'preemption@1',
    best(({ spot }) => ({ spot: spot.map((one) => ({ ...one, startedAt: '2026-11-23T00:00:00.000Z' })) })),
  ],
  ['rules that nobody knows', 'PreemptionNoticed.v1', 'preemption@1', other('rules')],
  ['a notice that was never made', 'PreemptionNoticed.v1', 'order', 'drop'],
  ['a deadline a second too soon', 'PreemptionDelivered.v1', 'I11', moved('deadlineAt', -1_000)],
  ['it is told in the future', 'PreemptionDelivered.v1', 'order', moved('deliveredAt', 30 * 24 * HOUR_MS)],
  ['another attempt is told', 'PreemptionDelivered.v1', 'order', nextAttempt],
  [
    'it goes before its ninety seconds are over',
    'RentalEnded.v1',
    'I11',
    (data: { reason: string; effectiveAt: string }) =>
      data.reason === 'preempted' ? { ...data, effectiveAt: later(data.effectiveAt, -24 * HOUR_MS) } : null,
  ],
  [
    'a rental that nobody told is preempted',
    'RentalEnded.v1',
    'I11',
    (data: { reason: string }) => (data.reason === 'buyer_stopped' ? { ...data, reason: 'preempted' } : null),
  ],
];

const beside: Forgery<Code>[] = [
  ['a checkpoint asked for in the future', 'CheckpointRequested.v1', 'order', moved('requestedAt', 30 * 24 * HOUR_MS)],
  ['a checkpoint of another attempt', 'CheckpointSaved.v1', 'order', nextAttempt],
  ['a rating of tomorrow', 'RentalRated.v1', 'order', moved('ratedAt', 30 * 24 * HOUR_MS)],
  ['released, but never halted', 'RentalHalted.v1', 'order', 'drop'],
  ['halted, and planned all the same', 'RentalReleased.v1', 'halted', 'drop'],
];

eachForgeryIsFound<Code>(audit, {
  'a machine that is lost, and another one': failover,
  'a rental that has to yield': preemption,
  'what is noted on the way': beside,
});
