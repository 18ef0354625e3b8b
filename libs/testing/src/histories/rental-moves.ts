/** What a service may do next with one rental of a generated history: mostly what its state waits for, sometimes what it must refuse. */

import { usdc } from '@tokenos/domain/money';
import { wholeMinutes } from '@tokenos/domain/metering/minutes';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Run } from '@tokenos/domain/rental/run';
import type { RentalState } from '@tokenos/domain/rental/state';
import { billableUntil, nextMinute } from '@tokenos/domain/rental/usage';
import { openPlan } from '@tokenos/domain/settlement/plan';
import { HOUR, MINUTE, SECOND } from '@tokenos/domain/time';
import { address, digest, nth, uuid } from '../generators/names.js';
import { credential, instructions, terms } from '../generators/sample-facts.js';
import type { Market } from './market.js';
import { PAYERS, planStep } from './money-moves.js';
import type { World } from './world.js';

type Present = Exclude<RentalState, { status: 'absent' }>;
type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

const TERMS = [
  { minutes: 60 },
  { minutes: 5 },
  { minutes: 1 },
  { minutes: 150, gpuCount: 2 },
  { minutes: 60, tier: 'SPOT' as const, maxWaitMs: HOUR },
  { minutes: 61, gpuCount: 2, region: 'eu-central' },
  { minutes: 90, minReputationBps: 5_000 },
  { minutes: 7 * 24 * 60, tier: 'RESERVED' as const },
];

/** The request that a rental of this number begins with; `detail` chooses its terms and its cap. */
export function ask({ now }: World, rentalId: string, detail: number): RentalCommand {
  const n = Number.parseInt(rentalId.slice(-4), 16);
  return {
    type: 'RequestRental',
    at: now,
    rentalId,
    buyerId: `buyer-${n}`,
    terms: { ...terms, ...TERMS[detail % TERMS.length] },
    capMicroUsdcPerHour: usdc([5_840_000n, 5_300_000n, 7_000_001n][detail % 3] ?? 0n),
    surplusMicroUsdc: usdc(BigInt(n)),
    feeBps: detail % 5 === 0 ? 0 : 500,
    payment: {
      ...instructions,
      reference: address(nth('Ref', n)),
      refundTo: detail % 4 === 0 ? address('Provenx') : null,
    },
  };
}

/** A command that fits the state, or nearly does. */
export function move(world: World, market: Market, state: Present, detail: number): RentalCommand {
  const choices = movesOf(world, market, state, detail);
  return choices[detail % choices.length] ?? { type: 'CloseSettlement' };
}

const often = (command: RentalCommand): readonly RentalCommand[] => [command, command, command, command];

function movesOf(world: World, market: Market, state: Present, detail: number): readonly RentalCommand[] {
  const at = world.now;
  const stop: RentalCommand = { type: 'StopRental', at };
  const issue: RentalCommand = { type: 'IssueCredential', at, ...credential(detail % 3) };
  const end = { type: 'EndRental', at } as const;
  const noCapacity: RentalCommand = { ...end, reason: 'capacity_unavailable', fault: 'platform' };
  const finals: RentalCommand[] = state.rental.payments
    .filter((payment) => !payment.finalized)
    .map(({ signature }) => ({ type: 'FinalizePayment', signature }));
  switch (state.status) {
    case 'requested':
      return [...often({ type: 'ExpireRequest', scannedTo: at }), issue, ...finals, stop];
    case 'paid': {
      const placed = market.choose(state.rental);
      return [...(placed === null ? [] : often({ type: 'PlaceRental', placed })), noCapacity, ...finals, stop];
    }
    case 'placed': {
      const { attempt } = state.placement;
      const start = (of: number): RentalCommand => ({ type: 'StartRental', attempt: of, at });
      const fail: RentalCommand = { type: 'FailPlacement', attempt, why: 'not ready', fault: 'operator' };
      return [
        ...often(start(attempt)),
        ...often(start(attempt)),
        fail,
        fail,
        start(attempt + 1),
        noCapacity,
        issue,
        ...finals,
        stop,
      ];
    }
    case 'interrupted':
      return [stop];
    case 'running': {
      const meter = usageOf(world, state.run, billableUntil(state.run, null), detail);
      const elapsed: RentalCommand = { ...end, reason: 'term_elapsed', fault: 'none' };
      const lost: RentalCommand = { ...end, reason: 'node_failed', fault: 'operator' };
      return [...often(meter), ...often(meter), elapsed, elapsed, issue, ...finals, lost, noCapacity, stop];
    }
    default:
      return closingMoves(world, market, state, detail, finals);
  }
}

function closingMoves(
  world: World,
  market: Market,
  state: Closed,
  detail: number,
  finals: readonly RentalCommand[],
): readonly RentalCommand[] {
  const plan = openPlan(state.rental.plans);
  const everyone = [...PAYERS, ...Object.values(market.wallets)];
  const planSettlement: RentalCommand = {
    type: 'PlanSettlement',
    planId: uuid('d', world.next()),
    operatorWallets: market.wallets,
    parkedWallets: detail % 3 > 0 ? [] : everyone.filter((_, index) => (detail >> index) % 2 === 1),
  };
  const settling = plan === null ? planSettlement : planStep(world, plan, detail);
  const closing = state.status === 'expired' ? null : state.closing;
  const run = closing?.run ?? null;
  return [
    ...(closing === null ? [] : [revokeAt(closing.end.effectiveAt, closing.placement?.attempt ?? 1, world, detail)]),
    ...(run === null
      ? []
      : [usageOf(world, run, billableUntil(run, closing), detail), { type: 'CloseMeter' } as const]),
    ...finals,
    settling,
    settling,
    { type: 'CloseSettlement' },
    { type: 'StopRental', at: world.now },
  ];
}

/** The agent reports the end of access within five seconds of the end. */
const revokeAt = (endedAt: number, attempt: number, world: World, detail: number): RentalCommand => ({
  type: 'RevokeAccess',
  attempt,
  at: Math.min(world.now, endedAt + (detail % 5) * SECOND),
});

/** The next minutes that have passed, most of them served; sometimes out of order, doubled or ahead of time. */
export function usageOf(world: World, run: Run, limit: number, detail: number): RentalCommand {
  const from = nextMinute(run) + (detail % 11 === 10 ? 1 : detail % 11 === 9 ? -1 : 0);
  const passed = Math.min(limit, wholeMinutes(run.startedAt, world.now)) - from;
  const length = Math.max(1, Math.min(60, passed, detail % 13 === 12 ? passed + 1 : passed));
  const bitmap = Array.from({ length }, (_, index) => ((detail + index * 7) % 10 < 8 ? '1' : '0')).join('');
  const attempt = run.placement.attempt + (detail % 17 === 16 ? 1 : 0);
  const usage = { firstMinute: from, bitmap, attempt, evidenceSha256: digest('e') };
  return { type: 'MeterUsage', at: world.now + (detail % 19 === 18 ? -MINUTE : 0), usage };
}
