/** Tampering that leaves every fact in agreement with those it stands among: only what lies further off contradicts it. */

import { drop } from '@tokenos/testing/wire/entries';
import { address } from '@tokenos/testing/generators/names';
import { added, alter, everywhere, later, type Edit } from './edits.js';
import { machine, operator, payment, rental, type Tampering } from './tampering.js';

/** One after the other. */
const all =
  (...edits: readonly Edit[]): Edit =>
  (history) =>
    edits.reduce<ReturnType<Edit>>((entries, edit) => edit(entries), [...history]);

/** A text, wherever it stands on these streams. */
const throughout =
  (streams: readonly string[], from: string, to: string): Edit =>
  (history) => {
    const changed = everywhere(from, to)(history.filter(({ stream }) => streams.includes(stream)));
    return history.map((entry) => (streams.includes(entry.stream) ? (changed.shift() ?? entry) : entry));
  };

interface Quote {
  readonly expiresAt: string;
}
interface Requested {
  readonly quote: Quote;
  readonly payment: { readonly mint: string; readonly treasury: string };
}
const quoted = (change: (quote: Quote) => object): Edit =>
  alter(rental.expired, 'RentalRequested', ({ quote, ...rest }: Requested) => ({ ...rest, quote: change(quote) }));

/** A correction of closed books, with what makes it final left out. */
const correction = (role: 'refund' | 'operator', to: string): Edit =>
  added({
    stream: rental.stopped,
    type: 'SettlementPlanned.v1',
    by: 'settlement',
    data: {
      ...{
        planId: 'put-right',
        kind: 'correction',
        rules: 'settlement@1',
        feeBps: 500,
        groups: [],
        why: 'our mistake',
      },
      ...{ paidMicroUsdc: '6001235', chargedMicroUsdc: role === 'operator' ? '5' : '0', feeMicroUsdc: '0' },
      ...{ transfers: [{ role, to, amountMicroUsdc: '5' }], shortfallMicroUsdc: '5' },
    },
  });

export const agreeing: readonly Tampering[] = [
  {
    what: 'the platform quotes itself a fee of 20%',
    on: rental.expired,
    by: 'pricing@1',
    edit: quoted((quote) => ({ ...quote, feeBps: 2_000 })),
  },
  {
    what: 'a friend has a day to pay a quote',
    on: rental.expired,
    by: 'pricing@1',
    edit: quoted((quote) => ({ ...quote, expiresAt: later(quote.expiresAt, 86_400_000) })),
  },
  {
    what: 'a rental is paid in a coin of its own',
    on: rental.stopped,
    by: 'matching',
    edit: (history) => {
      const seen = history.find(({ stream }) => stream === payment(2))?.data as { readonly mint: string };
      return throughout([rental.stopped, payment(2)], seen.mint, address('Brass'))(history);
    },
  },
  {
    what: 'a rental is paid into a wallet of its own',
    on: rental.stopped,
    by: 'matching',
    edit: alter(rental.stopped, 'RentalRequested', ({ payment: asked, ...rest }: Requested) => ({
      ...rest,
      payment: { ...asked, treasury: address('Pocket') },
    })),
  },
  {
    what: 'a stranger’s USDC is called another coin, and kept',
    on: payment(10),
    by: 'matching',
    edit: alter(payment(10), 'PaymentSeen', (seen: object) => ({ ...seen, why: 'wrong_mint' })),
  },
  {
    what: 'a correction pays a stranger as if he had paid',
    on: rental.stopped,
    by: 'settlement@1',
    asItIs: 'settlement@1',
    edit: correction('refund', address('Friend')),
  },
  {
    what: 'a correction pays a stranger as if he had served',
    on: rental.stopped,
    by: 'settlement@1',
    asItIs: 'settlement@1',
    edit: correction('operator', address('Friend')),
  },
  {
    what: 'a machine was chosen before its rental was paid, when another was not there yet',
    on: rental.stopped,
    by: 'placement@1',
    edit: alter(rental.stopped, 'RentalPlaced', (placed: { placedAt: string }) => ({
      ...placed,
      placedAt: later(placed.placedAt, -45_000),
    })),
  },
  {
    what: 'a machine enrolls a second time, for another operator',
    on: machine(2),
    by: 'order',
    edit: (history) => {
      const enrolled = history.find((entry) => entry.stream === machine(2) && entry.type === 'NodeEnrolled.v1');
      const data = { ...(enrolled?.data as object), operatorId: 'friend' };
      return added({ stream: machine(2), type: 'NodeEnrolled.v1', by: 'gateway', data }, 'NodeUptimeRecorded')(history);
    },
  },
  {
    what: 'less was expected of a machine on its bad day',
    on: machine(2),
    by: 'uptime@1',
    edit: alter(machine(2), 'NodeUptimeRecorded', (day: object) => ({ ...day, expectedMinutes: 200 })),
  },
  {
    what: 'what one machine missed is the platform’s fault, and nobody else missed it',
    on: machine(2),
    by: 'uptime@1',
    edit: alter(machine(2), 'NodeUptimeRecorded', (day: object) => ({ ...day, platformFaultMinutes: 1_000 }), 1),
  },
  {
    what: 'the days of a machine are recorded no more',
    on: machine(2),
    by: 'uptime@1',
    asItIs: 'uptime@1',
    edit: all(drop(machine(2), 'NodeUptimeRecorded.v1', 1), drop(machine(2), 'NodeUptimeRecorded.v1')),
  },
  {
    what: 'an operator is scored no more',
    on: operator(2),
    by: 'reputation@1',
    asItIs: 'reputation@1',
    edit: (history) =>
      history.filter(({ stream, type }) => stream !== operator(2) || type !== 'ReputationRecomputed.v1'),
  },
  {
    what: 'the grid is that of a table nobody knows',
    on: rental.stopped,
    by: 'carbon@1',
    edit: alter(rental.stopped, 'CarbonAttributed', ({ groups, ...rest }: { groups: readonly object[] }) => ({
      ...rest,
      groups: groups.map((group) => ({ ...group, intensitySource: 'our own figures' })),
    })),
  },
  {
    what: 'a lost machine is the platform’s fault',
    on: rental.failedOver,
    by: 'order',
    edit: alter(rental.failedOver, 'RentalInterrupted', (lost: object) => ({ ...lost, fault: 'platform' })),
  },
  {
    what: 'a machine is left out of who may yield, as one that had failed the request',
    on: rental.spot,
    by: 'preemption@1',
    edit: alter(rental.spot, 'PreemptionNoticed', ({ receipt, ...rest }: { receipt: { request: object } }) => ({
      ...rest,
      receipt: { ...receipt, request: { ...receipt.request, excludedNodeIds: [machine(4).replace('node-', '')] } },
    })),
  },
];
