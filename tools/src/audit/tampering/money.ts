/** Tampering with money: what is owed, who paid, and who gets how much by which transaction. */

import { address } from '@tokenos/simulation/world/addresses';
import { both, copyBefore, drop, indexOf, moveBefore } from '@tokenos/testing/wire/entries';
import { added, alter, everywhere, later, plus, type Edit, type Planned } from './edits.js';
import { operator, pay, payment, rental, type Tampering } from './tampering.js';

const THIEF = address('Thief');
const plan = (change: (plan: Planned) => object): Edit => alter(rental.stopped, 'SettlementPlanned', change);

/** Takes from one role's transfers and gives to another's; the plan adds up as before. */
const shifted =
  (from: string, to: string, micro: bigint) =>
  ({ transfers, chargedMicroUsdc, ...rest }: Planned): object => ({
    ...rest,
    chargedMicroUsdc: plus(chargedMicroUsdc, to === 'operator' ? micro : -micro),
    transfers: transfers.map((one) => {
      const more = one.role === from ? -micro : one.role === to ? micro : 0n;
      return { ...one, amountMicroUsdc: plus(one.amountMicroUsdc, more) };
    }),
  });

const redirected =
  (role: string) =>
  ({ transfers, groups, ...rest }: Planned): object => ({
    ...rest,
    groups: role === 'operator' ? groups.map((group) => ({ ...group, operatorWallet: THIEF })) : groups,
    transfers: transfers.map((one) => (one.role === role ? { ...one, to: THIEF } : one)),
  });

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

const GIVEN_BACK = 'SettlementPlanned.v1';

export const outgoing: readonly Tampering[] = [
  { what: 'a refund goes to another wallet', on: rental.stopped, by: 'settlement@1', edit: plan(redirected('refund')) },
  {
    what: 'a payout goes to another wallet',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan(redirected('operator')),
  },
  {
    what: 'a payout goes to another wallet wherever it is named but in the operator’s own words',
    on: rental.stopped,
    by: 'settlement@1',
    edit: (history) => {
      const own = history.filter((entry) => entry.stream === operator(2));
      const wallet = (own[0]?.data as { wallet: string } | undefined)?.wallet ?? '';
      const changed = everywhere(wallet, THIEF)(history);
      return changed.map((entry, at) => (entry.stream === operator(2) ? (history[at] ?? entry) : entry));
    },
  },
  {
    what: 'a stranger’s money goes back to somebody else',
    on: payment(10),
    by: 'settlement@1',
    edit: alter(payment(10), 'SettlementPlanned', redirected('refund')),
  },
  {
    what: 'the fee is one micro-USDC too high, at the cost of the buyer',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan(({ feeMicroUsdc, chargedMicroUsdc, transfers, ...rest }) => ({
      ...rest,
      feeMicroUsdc: plus(feeMicroUsdc, 1n),
      chargedMicroUsdc: plus(chargedMicroUsdc, 1n),
      transfers: transfers.map((one) =>
        one.role === 'refund' ? { ...one, amountMicroUsdc: plus(one.amountMicroUsdc, -1n) } : one,
      ),
    })),
  },
  {
    what: 'the charge is one micro-USDC too high',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan(shifted('refund', 'operator', 1n)),
  },
  {
    what: 'the charge is one micro-USDC too low',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan(shifted('operator', 'refund', 1n)),
  },
  {
    what: 'the fee is taken at 5.01%',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan((data) => ({ ...data, feeBps: 501 })),
  },
  {
    what: 'a plan bills a minute more than was served',
    on: rental.stopped,
    by: 'settlement@1',
    edit: plan(({ groups, ...rest }) => ({
      ...rest,
      groups: groups.map((group) => ({ ...group, minutes: group.minutes + 1 })),
    })),
  },
  {
    what: 'a plan hands out more than came in',
    on: rental.stopped,
    by: 'I2',
    edit: plan(({ transfers, ...rest }) => ({
      ...rest,
      transfers: transfers.map((one) => ({ ...one, amountMicroUsdc: plus(one.amountMicroUsdc, 5_000_000n) })),
    })),
  },
  {
    what: 'the same money is planned twice',
    on: rental.stopped,
    by: 'I2',
    edit: both(
      copyBefore(rental.stopped, GIVEN_BACK, 'RentalSettled.v1'),
      alter(rental.stopped, 'SettlementPlanned', (data: object) => ({ ...data, planId: 'another' }), 1),
    ),
  },
  {
    what: 'a plan lands twice',
    on: rental.stopped,
    by: 'I6',
    edit: copyBefore(rental.stopped, 'SettlementConfirmed.v1', 'RentalSettled.v1'),
  },
  {
    what: 'a plan lands that nobody signed',
    on: rental.stopped,
    by: 'I6',
    edit: drop(rental.stopped, 'SettlementSigned.v1'),
  },
  {
    what: 'a plan is signed again while it can still land',
    on: rental.stopped,
    by: 'I6',
    edit: both(
      copyBefore(rental.stopped, 'SettlementSigned.v1', 'SettlementConfirmed.v1'),
      alter(rental.stopped, 'SettlementSigned', (data: object) => ({ ...data, signature: address('Again') })),
    ),
  },
  {
    what: 'one transaction stands for the plans of two rentals',
    on: rental.spot,
    by: 'I7',
    edit: (history) => {
      const signatureOf = (stream: string): string =>
        (history[indexOf(history, stream, 'SettlementSigned.v1')]?.data as { signature: string } | undefined)
          ?.signature ?? '';
      return everywhere(signatureOf(rental.spot), signatureOf(rental.stopped))(history);
    },
  },
  {
    what: 'money is handed out before the meter is closed',
    on: rental.stopped,
    by: 'settlement@1',
    edit: moveBefore(rental.stopped, GIVEN_BACK, 'MeterClosed.v1'),
  },
  {
    what: 'an operator is paid for a first day that is not over',
    on: rental.reserved,
    by: 'settlement@1',
    edit: moveBefore(rental.reserved, GIVEN_BACK, 'UsageMetered.v1'),
  },
  {
    what: 'the books are closed over a wrong sum',
    on: rental.stopped,
    by: 'I1',
    edit: alter(rental.stopped, 'RentalSettled', (data: { refundedMicroUsdc: string }) => ({
      ...data,
      refundedMicroUsdc: plus(data.refundedMicroUsdc, 1n),
    })),
  },
  {
    what: 'the books of a stranger’s money are closed before it went back',
    on: payment(10),
    by: 'I1',
    edit: moveBefore(payment(10), 'PaymentReturned.v1', 'SettlementConfirmed.v1'),
  },
];
