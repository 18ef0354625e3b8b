/** Tampering with which facts there are, in which order and by whom. */

import { cutFrom, drop, dress, moveBefore } from '@tokenos/testing/wire/entries';
import { added, alter, doubled, swapped, withoutStream } from './edits.js';
import { machine, operator, payment, rental, type Tampering } from './tampering.js';

export const shape: readonly Tampering[] = [
  {
    what: 'one bit of an amount is flipped',
    on: rental.stopped,
    by: 'I7',
    edit: alter(rental.stopped, 'PaymentReceived', (paid: { amountMicroUsdc: string }) => ({
      ...paid,
      amountMicroUsdc: (BigInt(paid.amountMicroUsdc) ^ 1n).toString(),
    })),
  },
  { what: 'the start is dropped', on: rental.stopped, by: 'I8', edit: drop(rental.stopped, 'RentalStarted.v1') },
  {
    what: 'payment and placement change places',
    on: rental.stopped,
    by: 'I4',
    edit: swapped(rental.stopped, 'PaymentReceived', 'RentalPlaced'),
  },
  { what: 'an hour is told twice', on: rental.reserved, by: 'I8', edit: doubled(rental.reserved, 'UsageMetered', 3) },
  {
    what: "a rental's tail is cut off while its payout is under way",
    on: rental.stopped,
    by: 'unsettled',
    asItIs: 'unsettled',
    edit: cutFrom(rental.stopped, 'SettlementConfirmed.v1'),
  },
  {
    what: 'a payment has no stream',
    on: rental.stopped,
    by: 'I7',
    asItIs: 'I7',
    edit: withoutStream(payment(2)),
  },
  {
    what: 'a rental that was paid has no stream',
    on: payment(2),
    by: 'matching',
    asItIs: 'matching',
    edit: withoutStream(rental.stopped),
  },
  {
    what: 'the request that others yielded to has no stream',
    on: rental.spot,
    by: 'preemption@1',
    asItIs: 'preemption@1',
    edit: withoutStream(rental.beneficiary),
  },
  {
    what: 'a machine has no stream',
    on: rental.stopped,
    by: 'placement@1',
    asItIs: 'placement@1',
    edit: withoutStream(machine(2)),
  },
  {
    what: 'an operator has no stream',
    on: rental.stopped,
    by: 'settlement@1',
    asItIs: 'settlement@1',
    edit: withoutStream(operator(2)),
  },
  {
    what: 'minutes are written by another service',
    on: rental.stopped,
    by: 'author',
    edit: dress(rental.stopped, 'UsageMetered.v1', { by: 'gateway' }),
  },
  {
    what: "a buyer's stop is written by allocation",
    on: rental.stopped,
    by: 'author',
    edit: dress(rental.stopped, 'RentalEnded.v1', { by: 'allocation' }),
  },
  {
    what: 'a stop is dated back to before the start',
    on: rental.stopped,
    by: 'I10',
    edit: dress(rental.stopped, 'RentalEnded.v1', { at: '2026-11-23T10:00:31.000Z' }),
  },
  {
    what: 'a rating is moved to another rental',
    on: operator(2),
    by: 'reputation@1',
    edit: dress(rental.stopped, 'RentalRated.v1', { stream: rental.late }),
  },
  {
    what: 'a fact that nobody knows is slipped in',
    on: rental.stopped,
    by: 'undecodable',
    edit: added({ stream: rental.stopped, type: 'RentalForgiven.v1', by: 'settlement', data: {} }, 'RentalSettled'),
  },
  {
    what: 'a field that nobody knows is slipped in',
    on: rental.stopped,
    by: 'undecodable',
    edit: alter(rental.stopped, 'RentalEnded', (data: object) => ({ ...data, waiver: 'all' })),
  },
  {
    what: 'a key is handed out after the end',
    on: rental.stopped,
    by: 'order',
    edit: moveBefore(rental.stopped, 'CredentialIssued.v1', 'RentalSettled.v1'),
  },
];
