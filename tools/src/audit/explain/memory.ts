/** What the telling of a rental remembers of the facts told so far, because later sums refer to it. */

import type { DataOf } from './said.js';

export interface Lost {
  readonly at: number;
  /** When another machine had the rental; null: none yet. */
  resumedAt: number | null;
  /** When the buyer was back in it; null: not yet. */
  returnedAt: number | null;
}

export interface Memory {
  requested: DataOf<'RentalRequested'> | null;
  readonly payments: { readonly received: DataOf<'PaymentReceived'>; state: 'confirmed' | 'final' | 'vanished' }[];
  readonly placements: DataOf<'RentalPlaced'>[];
  startedAt: number | null;
  endsAt: number | null;
  readonly lost: Lost[];
  /** First and next minute, and how many of them were served, by attempt. */
  served: number;
  ended: DataOf<'RentalEnded'> | null;
  readonly extensions: DataOf<'ExtensionQuoted'>[];
  readonly plans: { readonly planned: DataOf<'SettlementPlanned'>; failed: boolean }[];
}

export const newMemory = (): Memory => ({
  ...{ requested: null, payments: [], placements: [], startedAt: null, endsAt: null },
  ...{ lost: [], served: 0, ended: null, extensions: [], plans: [] },
});

/** Takes a fact's part into memory before it is told. */
export function remember(memory: Memory, type: string, data: never): void {
  const take = MEMORABLE[type];
  take?.(memory, data);
}

type Take = (memory: Memory, data: never) => void;

const paymentOf = ({ payments }: Memory, signature: string) =>
  payments.findLast(({ received }) => received.signature === signature);

const MEMORABLE: Readonly<Record<string, Take>> = {
  'RentalRequested.v1': (memory, data: DataOf<'RentalRequested'>) => (memory.requested ??= data),
  'PaymentReceived.v1': ({ payments }, received: DataOf<'PaymentReceived'>) =>
    payments.push({ received, state: 'confirmed' }),
  'PaymentFinalized.v1'(memory, { signature }: DataOf<'PaymentFinalized'>) {
    const payment = paymentOf(memory, signature);
    if (payment !== undefined) payment.state = 'final';
  },
  'PaymentVanished.v1'(memory, { signature }: DataOf<'PaymentVanished'>) {
    const payment = paymentOf(memory, signature);
    if (payment !== undefined) payment.state = 'vanished';
  },
  'RentalPlaced.v1': ({ placements }, data: DataOf<'RentalPlaced'>) => placements.push(data),
  'RentalStarted.v1'(memory, { startedAt, endsAt }: DataOf<'RentalStarted'>) {
    memory.startedAt = Date.parse(startedAt);
    memory.endsAt = Date.parse(endsAt);
  },
  'RentalExtended.v1': (memory, { endsAt }: DataOf<'RentalExtended'>) => (memory.endsAt = Date.parse(endsAt)),
  'ExtensionQuoted.v1': ({ extensions }, data: DataOf<'ExtensionQuoted'>) => extensions.push(data),
  'RentalInterrupted.v1': ({ lost }, { interruptedAt }: DataOf<'RentalInterrupted'>) =>
    lost.push({ at: Date.parse(interruptedAt), resumedAt: null, returnedAt: null }),
  'RentalResumed.v1'({ lost }, { resumedAt }: DataOf<'RentalResumed'>) {
    const last = lost.at(-1);
    if (last !== undefined) last.resumedAt = Date.parse(resumedAt);
  },
  'BuyerReturned.v1'({ lost }, { returnedAt }: DataOf<'BuyerReturned'>) {
    const last = lost.at(-1);
    if (last !== undefined) last.returnedAt = Date.parse(returnedAt);
  },
  'RentalEnded.v1': (memory, data: DataOf<'RentalEnded'>) => (memory.ended ??= data),
};
