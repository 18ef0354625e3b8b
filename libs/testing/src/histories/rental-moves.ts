/** What a service may do next with one rental of a generated history: mostly what its state waits for, sometimes what it must refuse. */

import { usdc } from '@tokenos/domain/money';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Present, RentalState } from '@tokenos/domain/rental/state';
import { HOUR, SECOND } from '@tokenos/domain/time';
import { address, nth } from '../generators/names.js';
import { credential, instructions, terms } from '../generators/sample-facts.js';
import { afterwards } from './afterwards-moves.js';
import type { Market } from './market.js';
import { usageOf } from './metering.js';
import { settling } from './money-moves.js';
import { interruptedMoves, often, runningMoves, saved } from './running-moves.js';
import type { World } from './world.js';

type Closed = Extract<RentalState, { status: 'ended' | 'expired' | 'settled' }>;

const TERMS = [
  { minutes: 60 },
  { minutes: 5 },
  { minutes: 1 },
  { minutes: 150, gpuCount: 2, maxWaitMs: HOUR },
  { minutes: 600, gpuCount: 3, tier: 'SPOT' as const },
  { minutes: 400, gpuCount: 3, maxWaitMs: HOUR },
  { minutes: 300, gpuCount: 2, tier: 'SPOT' as const, maxWaitMs: HOUR },
  { minutes: 1_500 },
  { minutes: 61, gpuCount: 2, region: 'eu-central' },
  { minutes: 90, minReputationBps: 3_000 },
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
    feeBps: 500,
    payment: {
      ...instructions,
      reference: address(nth('Ref', n)),
      refundTo: detail % 4 === 0 ? address('Provenx') : null,
    },
  };
}

/** A command that fits the state, or nearly does. */
export function move(world: World, market: Market, state: Present, detail: number): RentalCommand {
  const choices = state.rental.halted === null ? movesOf(world, market, state, detail) : halted(world, market, state);
  return choices[detail % choices.length] ?? { type: 'CloseSettlement' };
}

/** Held still: most of what it would do next is refused, until somebody has looked. */
function halted(world: World, market: Market, state: Present): readonly RentalCommand[] {
  const release: RentalCommand = { type: 'ReleaseRental', at: world.now, why: 'it was nothing' };
  return [release, release, settling(world, market, state, 0), ...movesOf(world, market, state, 0)];
}

function movesOf(world: World, market: Market, state: Present, detail: number): readonly RentalCommand[] {
  const at = world.now;
  const halt: RentalCommand = { type: 'HaltRental', at, invariant: 'I6', evidence: 'two landings of one plan' };
  const stop: RentalCommand = { type: 'StopRental', at };
  const rare = [...(detail % 3 === 0 ? [stop] : []), ...(detail % 31 === 0 ? [halt] : [])];
  return [...ofStatus(world, market, state, detail), ...unsure(state, detail), ...rare];
}

/** Money that is confirmed becomes final, as a rule. */
function unsure({ rental }: Present, detail: number): readonly RentalCommand[] {
  return rental.payments
    .filter((payment) => !payment.finalized && !payment.vanished)
    .map(({ signature }) => ({ type: detail % 4 === 0 ? 'VanishPayment' : 'FinalizePayment', signature }));
}

function ofStatus(world: World, market: Market, state: Present, detail: number): readonly RentalCommand[] {
  const at = world.now;
  const issue: RentalCommand = { type: 'IssueCredential', at, ...credential(detail % 3) };
  const end = { type: 'EndRental', at } as const;
  const noCapacity: RentalCommand = { ...end, reason: 'capacity_unavailable', fault: 'platform' };
  const vanished: RentalCommand = { ...end, reason: 'payment_vanished', fault: 'buyer' };
  switch (state.status) {
    case 'requested':
      return [...often({ type: 'ExpireRequest', scannedTo: at }), issue];
    case 'paid': {
      const placed = market.choose(state);
      const waits = detail % 3 > 0 ? vanished : noCapacity;
      return [...(placed === null ? [] : often({ type: 'PlaceRental', placed })), waits, vanished];
    }
    case 'placed': {
      const { attempt } = state.placement;
      const start = (of: number): RentalCommand => ({ type: 'StartRental', attempt: of, at });
      const fail: RentalCommand = { type: 'FailPlacement', attempt, why: 'not ready', fault: 'operator' };
      const starts = [...often(start(attempt)), ...often(start(attempt))];
      return [...starts, fail, fail, start(attempt + 1), detail % 3 > 0 ? issue : noCapacity, vanished, issue];
    }
    case 'interrupted':
      return interruptedMoves(world, market, state, detail);
    case 'running':
      return [...runningMoves(world, market, state, detail), issue];
    default:
      return closingMoves(world, market, state, detail);
  }
}

function closingMoves(world: World, market: Market, state: Closed, detail: number): readonly RentalCommand[] {
  const closing = state.status === 'expired' ? null : state.closing;
  const run = closing?.run ?? null;
  const attempt = closing?.placement?.attempt ?? 1;
  const next = settling(world, market, state, detail);
  return [
    ...(closing === null ? [] : [revokeAt(closing.end.effectiveAt, attempt, world, detail), saved(attempt, world.now)]),
    ...(run === null ? [] : [usageOf(run, closing, world.now, detail), { type: 'CloseMeter' } as const]),
    ...afterwards(world, market, state, detail),
    next,
    next,
    { type: 'CloseSettlement' },
  ];
}

/** The agent reports the end of access within five seconds of the end. */
const revokeAt = (endedAt: number, attempt: number, world: World, detail: number): RentalCommand => ({
  type: 'RevokeAccess',
  attempt,
  at: Math.min(world.now, endedAt + (detail % 5) * SECOND),
});
