/** Tampering with money that goes out: who gets how much, by which transaction. */

import { address } from '@tokenos/simulation/world/addresses';
import { both, copyBefore, drop, indexOf, moveBefore } from '@tokenos/testing/wire/entries';
import { alter, everywhere, plus, type Edit, type Planned } from './edits.js';
import { operator, payment, rental, type Tampering } from './tampering.js';

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
