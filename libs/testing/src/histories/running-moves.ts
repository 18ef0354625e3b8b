/** What may happen to a rental of a generated history while it has a machine, or has lost it and waits for another. */

import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Run } from '@tokenos/domain/rental/run';
import type { RentalState } from '@tokenos/domain/rental/state';
import { usdc } from '@tokenos/domain/money';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { address, digest, nth, uuid } from '../generators/names.js';
import type { Market } from './market.js';
import { usageOf } from './metering.js';
import { settling } from './money-moves.js';
import type { World } from './world.js';

type Running = Extract<RentalState, { status: 'running' }>;
type Interrupted = Extract<RentalState, { status: 'interrupted' }>;

export const often = (command: RentalCommand): readonly RentalCommand[] => [command, command, command, command];

export function runningMoves(world: World, market: Market, state: Running, detail: number): readonly RentalCommand[] {
  const { now: at } = world;
  const { rental, run } = state;
  const { attempt } = run.placement;
  const end = { type: 'EndRental', at } as const;
  const meter = usageOf(run, null, at, detail);
  if (run.notice !== null) return [...told(run, at), meter, extension(world, detail), saved(attempt, at)];
  const back: RentalCommand = { type: 'NoteReturn', at, attempt, how: 'login' };
  return [
    ...often(meter),
    ...often(meter),
    { ...end, reason: 'term_elapsed', fault: 'none' },
    { type: 'EndPreempted', at },
    ...(run.segments.at(-1)?.billableFrom === null ? [...often(back), ...often(back)] : [back]),
    { type: 'InterruptRental', at: at - (detail % 3) * SECOND, attempt, why: 'no sign of life', fault: 'operator' },
    { type: 'InterruptRental', at, attempt, why: 'it withdrew', fault: 'operator' },
    extension(world, detail),
    extension(world, detail),
    { type: 'RequestCheckpoint', at, path: '/workspace' },
    saved(attempt, at),
    { ...end, reason: 'payment_vanished', fault: 'buyer' },
    ...(detail % 3 === 0 ? [gone(detail, at)] : []),
    { ...end, reason: 'capacity_unavailable', fault: 'platform' },
    ...(rental.terms.minutes > 24 * 60 ? often(settling(world, market, state, detail)) : []),
  ];
}

const gone = (detail: number, at: Millis): RentalCommand => {
  const reason = detail % 2 === 0 ? 'node_failed' : 'operator_withdrew';
  return { type: 'EndRental', at, reason, fault: 'operator' };
};

/** Told to yield: it hears of it, and goes when its time is up. */
function told({ notice, placement }: Run, at: Millis): readonly RentalCommand[] {
  const deliver: RentalCommand = { type: 'DeliverPreemption', at, attempt: placement.attempt };
  const go: RentalCommand = { type: 'EndPreempted', at };
  return notice?.delivered == null ? [...often(deliver), ...often(deliver), go] : [...often(go), ...often(go), deliver];
}

const extension = (world: World, detail: number): RentalCommand => {
  const n = world.next();
  return {
    type: 'QuoteExtension',
    at: world.now,
    extensionId: uuid('f', n),
    minutes: [1, 30, 7 * 24 * 60][detail % 3] ?? 1,
    reference: address(nth('More', n)),
    surplusMicroUsdc: usdc(BigInt(1 + (n % 9_999))),
  };
};

export const saved = (attempt: number, savedAt: Millis): RentalCommand => ({
  type: 'SaveCheckpoint',
  saved: { attempt, where: `checkpoints/${attempt}.tar`, sha256: digest('c'), bytes: 7_777, savedAt },
});

export function interruptedMoves(
  world: World,
  market: Market,
  state: Interrupted,
  detail: number,
): readonly RentalCommand[] {
  const { now: at } = world;
  const lost = state.run.placement.attempt;
  const placed = state.placement === null ? market.choose(state) : null;
  const end = { type: 'EndRental', at } as const;
  return [
    ...(placed === null ? [] : [...often({ type: 'PlaceRental', placed }), ...often({ type: 'PlaceRental', placed })]),
    ...(state.placement === null ? [] : starting(state.placement.attempt, at)),
    usageOf(state.run, null, at, detail),
    { type: 'RevokeAccess', attempt: lost, at: Math.min(at, state.run.endsAt) },
    { ...end, reason: 'node_failed', fault: 'operator' },
    { ...end, reason: 'term_elapsed', fault: 'none' },
    saved(lost, at),
    { type: 'StopRental', at },
  ];
}

function starting(attempt: number, at: Millis): readonly RentalCommand[] {
  const resume: RentalCommand = { type: 'ResumeRental', attempt, at };
  const fail: RentalCommand = { type: 'FailPlacement', attempt, why: 'not ready', fault: 'operator' };
  return [...often(resume), ...often(resume), fail, { type: 'ResumeRental', attempt: attempt + 1, at }];
}
