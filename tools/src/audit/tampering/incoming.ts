/** Tampering with money that comes in: what is owed, who paid, and for whom. */

import { address } from '@tokenos/simulation/world/addresses';
import { both, drop, indexOf } from '@tokenos/testing/wire/entries';
import { added, alter, later, plus } from './edits.js';
import { pay, payment, rental, type Tampering } from './tampering.js';

const THIEF = address('Thief');

interface Quoted {
  readonly quote: { readonly priceMicroUsdc: string; readonly totalMicroUsdc: string; readonly tierBps: number };
}

export const incoming: readonly Tampering[] = [
  {
    what: 'the quote is one micro-USDC too high',
    on: rental.stopped,
    by: 'pricing@1',
    edit: alter(rental.stopped, 'RentalRequested', ({ quote, ...rest }: Quoted) => ({
      ...rest,
      quote: {
        ...quote,
        priceMicroUsdc: plus(quote.priceMicroUsdc, 1n),
        totalMicroUsdc: plus(quote.totalMicroUsdc, 1n),
      },
    })),
  },
  {
    what: 'SPOT is sold at 60.01% of the price',
    on: rental.spot,
    by: 'pricing@1',
    edit: alter(rental.spot, 'RentalRequested', ({ quote, ...rest }: Quoted) => ({
      ...rest,
      quote: { ...quote, tierBps: 6_001 },
    })),
  },
  { what: 'nobody paid', on: rental.stopped, by: 'I4', edit: drop(rental.stopped, 'PaymentReceived.v1') },
  {
    what: 'the payment came after the quote had expired',
    on: rental.stopped,
    by: 'I4',
    edit: both(
      alter(rental.stopped, 'PaymentReceived', (paid: { blockTime: string }) => ({
        ...paid,
        blockTime: later(paid.blockTime, 3_600_000),
      })),
      alter(payment(2), 'PaymentSeen', (seen: { blockTime: string }) => ({
        ...seen,
        blockTime: later(seen.blockTime, 3_600_000),
      })),
    ),
  },
  {
    what: 'one payment is credited to two rentals',
    on: rental.expired,
    by: 'I7',
    edit: (history) => {
      const paid = history[indexOf(history, rental.stopped, 'PaymentReceived.v1')];
      if (paid === undefined) throw new Error('nobody paid');
      return added({ ...paid, stream: rental.expired }, 'RequestExpired')(history);
    },
  },
  {
    what: 'a payment in another coin is taken for USDC',
    on: payment(2),
    by: 'matching',
    edit: alter(payment(2), 'PaymentSeen', (seen: object) => ({ ...seen, mint: address('Another') })),
  },
  {
    what: 'a payment is assigned to a rental that it does not name',
    on: payment(11),
    by: 'matching',
    edit: both(
      alter(payment(11), 'PaymentSeen', (seen: object) => ({
        ...seen,
        references: [address('Nobody')],
        amount: '1000011',
        payers: [],
      })),
      alter(rental.late, 'PaymentReceived', (paid: object) => ({ ...paid, amountMicroUsdc: '1000011' })),
    ),
  },
  {
    what: 'a payment is credited in the name of another payer',
    on: rental.stopped,
    by: 'I7',
    edit: alter(rental.stopped, 'PaymentReceived', (paid: object) => ({ ...paid, payer: THIEF })),
  },
  {
    what: 'a payment that vanished is called final',
    on: rental.vanished,
    by: 'order',
    edit: added(
      { stream: rental.vanished, type: 'PaymentFinalized.v1', by: 'settlement', data: { signature: pay(6) } },
      'RentalSettled',
    ),
  },
  {
    what: 'more minutes are given and not paid for',
    on: rental.extended,
    by: 'I4',
    edit: drop(rental.extended, 'PaymentReceived.v1', 1),
  },
  {
    what: 'more minutes are paid for and not given',
    on: rental.extended,
    by: 'I4',
    edit: drop(rental.extended, 'RentalExtended.v1'),
  },
  {
    what: 'a request expires before the scan had passed its expiry',
    on: rental.expired,
    by: 'order',
    edit: alter(rental.expired, 'RequestExpired', (expired: { expiresAt: string }) => ({
      ...expired,
      scannedTo: expired.expiresAt,
    })),
  },
];
