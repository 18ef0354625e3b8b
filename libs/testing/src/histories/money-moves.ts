/** What can happen to money in a generated history: transfers that find their rental or do not, and plans on their way to the chain. */

import { paymentStream } from '@tokenos/contracts/facts/streams';
import { match, type KnownQuote, type Match } from '@tokenos/domain/payment/match';
import type { PaymentSeen } from '@tokenos/domain/payment/payment';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Extension, Present, Rental } from '@tokenos/domain/rental/state';
import { usdc } from '@tokenos/domain/money';
import { openPlan, type Plan, type PlanCommand } from '@tokenos/domain/settlement/plan';
import { SECOND } from '@tokenos/domain/time';
import { address, nth, signature, uuid } from '../generators/names.js';
import { GENESIS, instructions } from '../generators/sample-facts.js';
import type { Market } from './market.js';
import { tell, type Stage } from './stage.js';
import type { World } from './world.js';

export const PAYERS = ['Buyer', 'Friend', 'Cousin'].map((name) => address(`${name}x`));

/** How a buyer may pay; most ways are right, because most buyers are. */
const WAYS = [
  'reference',
  'memo',
  'amount',
  'reference',
  'twice as much',
  'half',
  'half',
  'nothing known',
  'two payers',
  'another mint',
] as const;

/** A transfer meant for this rental reaches the treasury, and is credited to whom it names; answers its signature where it names nobody. */
export function transfer(stage: Stage, meant: Rental, known: readonly KnownQuote[], detail: number): string | null {
  const way = WAYS[detail % WAYS.length] ?? 'reference';
  const total = meant.quote.totalMicroUsdc;
  const amount = way === 'half' ? total / 2n + 1n : way === 'twice as much' ? total * 2n : total;
  const wallet = PAYERS[detail % PAYERS.length] ?? '';
  const named = ['reference', 'half', 'twice as much', 'two payers', 'another mint'].includes(way);
  const incoming = {
    mint: way === 'another mint' ? address('Tether') : instructions.mint,
    amount: way === 'nothing known' ? amount + 1n : amount,
    payers: [{ wallet, amount: way === 'nothing known' ? amount + 1n : amount }],
    references: named ? [meant.payment.reference] : [],
    memo: way === 'memo' ? meant.rentalId : null,
  };
  if (way === 'two payers') {
    incoming.payers = [
      { wallet, amount: amount - 1n },
      { wallet: address('Auntx'), amount: 1n },
    ];
  }
  return arrive(stage, incoming, match(incoming, instructions.mint, known), null);
}

/** More minutes are paid, by their own reference: in full, or in two parts of which the second may come too late. */
export function payExtension(stage: Stage, { rentalId }: Rental, extension: Extension, detail: number): void {
  const { totalMicroUsdc: total, reference, extensionId } = extension;
  const amount = detail % 3 === 0 ? total / 2n + 1n : total;
  const payers = [{ wallet: PAYERS[detail % PAYERS.length] ?? '', amount }];
  const incoming = { mint: instructions.mint, amount, payers, references: [reference], memo: null };
  arrive(stage, incoming, { assignedTo: rentalId, why: null }, extensionId);
}

type Incoming = Pick<PaymentSeen, 'mint' | 'amount' | 'payers' | 'references' | 'memo'>;

/** Seen once, then credited to its rental, or a stray: its signature. */
function arrive(stage: Stage, incoming: Incoming, matched: Match, extensionId: string | null): string | null {
  const { world } = stage;
  const n = world.next();
  const seen: PaymentSeen = {
    ...incoming,
    ...matched,
    signature: signature(nth('Paid', n)),
    slot: n,
    blockTime: Math.floor(world.now / SECOND) * SECOND,
    genesisHash: GENESIS,
  };
  world.give(paymentStream, seen.signature, 'settlement', { type: 'SeePayment', seen });
  if (seen.assignedTo === null) return seen.signature;
  const { signature: of, slot, blockTime, genesisHash } = seen;
  const payer = seen.payers[0]?.wallet ?? '';
  const payment = { signature: of, amountMicroUsdc: usdc(seen.amount), payer, blockTime, slot, genesisHash };
  tell(stage, seen.assignedTo, {
    type: 'RecordPayment',
    payment: extensionId === null ? payment : { ...payment, extensionId },
  });
  return null;
}

/** The next plan, or the next step of the one under way. Now and then somebody cannot receive. */
export function settling(world: World, market: Market, { rental }: Present, detail: number): RentalCommand {
  const plan = openPlan(rental.plans);
  if (plan !== null) return planStep(world, plan, detail);
  const operatorWallets = market.wallets();
  const everyone = [...PAYERS, ...Object.values(operatorWallets)];
  return {
    type: 'PlanSettlement',
    planId: uuid('d', world.next()),
    operatorWallets,
    parkedWallets: detail % 3 > 0 ? [] : everyone.filter((_, index) => (detail >> index) % 2 === 1),
  };
}

/** The next step of a plan under way. `smooth` leads straight to its end. */
export function planStep(world: World, plan: Plan, detail: number, smooth = false): PlanCommand {
  const { planId } = plan.planned;
  const n = world.next();
  if (plan.status === 'planned') {
    return {
      type: 'SignPlan',
      signed: {
        planId,
        bytes: 'AQID',
        signature: signature(nth('Sent', n)),
        lastValidBlockHeight: n + 150,
        genesisHash: GENESIS,
      },
    };
  }
  const { signature: of, lastValidBlockHeight } = plan.signed;
  const landing = { planId, signature: of, slot: n, blockTime: world.now };
  const finalize = { type: 'FinalizePlan', finalized: landing } as const;
  if (smooth) return finalize;
  const height = lastValidBlockHeight + (detail % 2);
  const others: readonly PlanCommand[] = [
    { type: 'ConfirmPlan', confirmed: landing },
    { type: 'ExpirePlan', expired: { planId, signature: of, finalizedBlockHeight: height } },
    { type: 'FailPlan', failed: { planId, signature: of, error: 'account is frozen' } },
    { type: 'FinalizePlan', finalized: { ...landing, signature: signature(nth('Ghost', n)) } },
  ];
  return others[detail % 7] ?? finalize;
}

/** A transfer that found no rental goes back to where it came from, one step at a time. */
export function returnStep(world: World, of: string, detail: number, smooth = false): void {
  const state = world.stateOf(paymentStream, of);
  if (state.status === 'absent') return;
  const open = state.plans.find((plan) => plan.status !== 'finalized' && plan.status !== 'failed');
  if (open !== undefined) {
    world.give(paymentStream, of, 'settlement', planStep(world, open, detail, smooth));
    return;
  }
  const parkedWallets = smooth || detail % 4 > 0 ? [] : [PAYERS[detail % 3] ?? ''];
  const planId = uuid('d', world.next());
  const planned = world.give(paymentStream, of, 'settlement', { type: 'PlanReturn', planId, parkedWallets });
  if (planned.outcome.kind === 'ignored') world.give(paymentStream, of, 'settlement', { type: 'CloseReturn' });
}
