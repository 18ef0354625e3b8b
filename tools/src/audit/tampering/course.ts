/** Tampering with a rental's course: which minutes were served, when it ended, who yielded and who stayed in. */

import { both, drop, dress, moveBefore } from '@tokenos/testing/wire/entries';
import { alter, later } from './edits.js';
import { rental, type Tampering } from './tampering.js';

interface Usage {
  readonly firstMinute: number;
  readonly bitmap: string;
}
const moved = (field: string, ms: number) => (data: Readonly<Record<string, string>>) => ({
  ...data,
  [field]: later(data[field] ?? '', ms),
});
const more = (field: string, by: number) => (data: Readonly<Record<string, number>>) => ({
  ...data,
  [field]: (data[field] ?? 0) + by,
});

export const minutes: readonly Tampering[] = [
  {
    what: 'a minute is billed twice',
    on: rental.failedOver,
    by: 'I8',
    edit: alter(rental.failedOver, 'UsageMetered', more('firstMinute', -1), 1),
  },
  {
    what: 'a minute is billed after the end',
    on: rental.stopped,
    by: 'I8',
    edit: both(
      alter(rental.stopped, 'UsageMetered', ({ bitmap, ...rest }: Usage) => ({ ...rest, bitmap: `${bitmap}1` })),
      alter(rental.stopped, 'MeterClosed', more('minutesServed', 1)),
    ),
  },
  {
    what: 'minutes are billed before the start',
    on: rental.stopped,
    by: 'I8',
    edit: moveBefore(rental.stopped, 'UsageMetered.v1', 'RentalStarted.v1'),
  },
  {
    what: 'the minute in which the machine was lost is billed',
    on: rental.failedOver,
    by: 'I8',
    edit: alter(rental.failedOver, 'UsageMetered', (usage: Usage) => ({
      ...usage,
      bitmap: usage.bitmap.replaceAll('0', '1'),
    })),
  },
  {
    what: 'minutes are billed to a machine that did not have them',
    on: rental.failedOver,
    by: 'I8',
    edit: alter(rental.failedOver, 'UsageMetered', more('attempt', 1)),
  },
  {
    what: 'minutes are billed before the buyer was back',
    on: rental.failedOver,
    by: 'I8',
    edit: both(
      alter(rental.failedOver, 'UsageMetered', ({ bitmap, ...rest }: Usage) => ({ ...rest, bitmap }), 1),
      alter(rental.failedOver, 'BuyerReturned', moved('returnedAt', 10_000 * 60)),
      dress(rental.failedOver, 'BuyerReturned.v1', { at: '2026-11-23T13:32:00.000Z' }),
    ),
  },
  {
    what: 'a served minute is denied',
    on: rental.stopped,
    by: 'I8',
    edit: alter(rental.stopped, 'UsageMetered', ({ bitmap, ...rest }: Usage) => ({
      ...rest,
      bitmap: bitmap.replace('1', '0'),
    })),
  },
  {
    what: 'an hour is left out',
    on: rental.reserved,
    by: 'I8',
    edit: drop(rental.reserved, 'UsageMetered.v1', 5),
  },
  {
    what: 'the meter is closed on one minute more',
    on: rental.stopped,
    by: 'I8',
    edit: alter(rental.stopped, 'MeterClosed', more('minutesServed', 1)),
  },
  {
    what: 'the term is a minute longer than was sold',
    on: rental.stopped,
    by: 'I8',
    edit: alter(rental.stopped, 'RentalStarted', moved('endsAt', 60_000)),
  },
  {
    what: 'the clock starts at the payment and not at the first login',
    on: rental.stopped,
    by: 'order',
    edit: alter(rental.stopped, 'RentalStarted', (data: { startedAt: string; endsAt: string }) => ({
      ...data,
      startedAt: later(data.startedAt, -5_000),
      endsAt: later(data.endsAt, -5_000),
    })),
  },
];

export const endings: readonly Tampering[] = [
  {
    what: 'access survives the end by six seconds',
    on: rental.stopped,
    by: 'I5',
    edit: both(
      alter(rental.stopped, 'AccessRevoked', moved('revokedAt', 6_000)),
      dress(rental.stopped, 'AccessRevoked.v1', { at: '2026-11-23T10:27:15.000Z' }),
      moveBefore(rental.stopped, 'AccessRevoked.v1', 'RentalRated.v1'),
    ),
  },
  {
    what: 'nobody saw access end',
    on: rental.stopped,
    by: 'I5',
    edit: drop(rental.stopped, 'AccessRevoked.v1'),
  },
  {
    what: 'a term is called over while it is not',
    on: rental.stopped,
    by: 'order',
    edit: both(
      alter(rental.stopped, 'RentalEnded', (data: object) => ({ ...data, reason: 'term_elapsed', fault: 'none' })),
      dress(rental.stopped, 'RentalEnded.v1', { by: 'allocation' }),
    ),
  },
  {
    what: 'the operator is blamed for what the buyer did',
    on: rental.late,
    by: 'order',
    edit: alter(rental.late, 'RentalEnded', (data: object) => ({ ...data, fault: 'operator' })),
  },
  {
    what: 'a lost machine is nobody’s fault',
    on: 'operator-01990000-000b-7000-8000-000000000002',
    by: 'reputation@1',
    edit: alter(rental.failedOver, 'RentalInterrupted', (data: object) => ({ ...data, fault: 'none' })),
  },
  {
    what: 'it ends for a payment that did not vanish',
    on: rental.vanished,
    by: 'order',
    edit: drop(rental.vanished, 'PaymentVanished.v1'),
  },
  {
    what: 'a SPOT rental goes a second before its ninety are over',
    on: rental.spot,
    by: 'I11',
    edit: alter(rental.spot, 'RentalEnded', moved('effectiveAt', -1_000)),
  },
  {
    what: 'a SPOT rental goes without having been told',
    on: rental.spot,
    by: 'I11',
    edit: drop(rental.spot, 'PreemptionDelivered.v1'),
  },
  {
    what: 'the deadline of a notice is a second too soon',
    on: rental.spot,
    by: 'I11',
    edit: alter(rental.spot, 'PreemptionDelivered', moved('deadlineAt', -1_000)),
  },
  {
    what: 'ON_DEMAND is preempted',
    on: rental.extended,
    by: 'I11',
    edit: both(
      alter(rental.extended, 'RentalEnded', (data: object) => ({ ...data, reason: 'preempted' })),
      dress(rental.extended, 'RentalEnded.v1', { by: 'preemption' }),
    ),
  },
];
