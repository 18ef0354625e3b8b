/** Turns a script of numbers into a history of the whole platform: the real deciders, sealed envelopes, several rentals at once. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { rentalStream } from '@tokenos/contracts/facts/streams';
import type { KnownQuote } from '@tokenos/domain/payment/match';
import type { RentalCommand } from '@tokenos/domain/rental/commands';
import type { Present } from '@tokenos/domain/rental/state';
import { SECOND, type Millis } from '@tokenos/domain/time';
import { uuid } from '../generators/names.js';
import { finish } from './finish.js';
import { makeRoom } from './make-room.js';
import { minutesLeft, minutesOf } from './metering.js';
import { payExtension, returnStep, transfer } from './money-moves.js';
import { ask, move } from './rental-moves.js';
import { openStage, tell, type RentalTold, type Stage } from './stage.js';

/** Each number only chooses among what is possible, so that every script is a history and shrinks to a shorter one. */
export interface Step {
  readonly rental: number;
  readonly detail: number;
  readonly wait: Millis;
}

export interface History {
  readonly envelopes: readonly Envelope[];
  /** By rental: every command it was given, with what came of it. */
  readonly rentals: ReadonlyMap<string, readonly RentalTold[]>;
}

/** `finished`: afterwards everything runs to its end, and all the money to whom it belongs. */
export function historyOf(script: readonly Step[], options: { readonly finished: boolean }): History {
  const stage = openStage();
  for (const step of script) play(stage, step);
  if (options.finished) finish(stage);
  return { envelopes: stage.world.envelopes, rentals: stage.told };
}

function play(stage: Stage, { rental, detail, wait }: Step): void {
  const { world, market, strays } = stage;
  const id = uuid('a', rental + 1);
  const state = world.stateOf(rentalStream, id);
  world.now += BRISK.includes(state.status) && detail % 9 > 0 ? Math.min(wait, 2 * SECOND) : wait;
  if (detail % 61 === 60) market.changeWallet(detail);
  if (state.status === 'absent') tell(stage, id, ask(world, id, detail));
  else if (detail % 5 === 4 && repeat(stage, id, detail)) return;
  else if (detail % 7 === 5 && extendsNow(stage, state, detail)) return;
  else if (paysNow(state.status, detail)) {
    const stray = transfer(stage, state.rental, quotesOf(stage), detail >> 3);
    if (stray !== null) strays.add(stray);
  } else if (detail % 7 === 6 && strays.size > 0) {
    returnStep(world, [...strays][detail % strays.size] ?? '', detail >> 3);
  } else if (state.status === 'paid' && detail % 3 > 0 && market.choose(state) === null) makeRoom(stage, state);
  else {
    catchUp(stage, id);
    tell(stage, id, move(world, market, world.stateOf(rentalStream, id) as Present, detail >> 3));
  }
}

/** An extension that was quoted is paid, as a rule. */
function extendsNow(stage: Stage, state: Present, detail: number): boolean {
  const quoted = state.rental.extensions.findLast((extension) => !extension.extended);
  if (quoted === undefined) return false;
  payExtension(stage, state.rental, quoted, detail >> 3);
  return true;
}

/** Metering is seldom more than an hour behind: whole days go by in one step. */
function catchUp(stage: Stage, id: string): void {
  for (;;) {
    const state = stage.world.stateOf(rentalStream, id);
    if (state.status !== 'running' || minutesLeft(state.run, null, stage.world.now) <= 90) return;
    tell(
      stage,
      id,
      minutesOf(state.run, 60, stage.world.now, (minute) => minute % 10 > 0),
    );
  }
}

/** Until a rental runs, or runs again, everyone waits for it and things go fast; only now and then does somebody dawdle. */
const BRISK = ['absent', 'requested', 'paid', 'placed', 'interrupted'];

/** Requests are usually paid; everything else only now and then. */
const paysNow = (status: string, detail: number): boolean =>
  status === 'requested' ? detail % 4 < 3 : detail % 23 === 22;

/** What an impatient network does: a message that was handled comes once more. */
function repeat(stage: Stage, id: string, detail: number): boolean {
  const handled = (stage.told.get(id) ?? []).filter(
    ({ outcome, command }) => outcome.kind === 'accepted' && !ONCE.includes(command.type),
  );
  const again = handled[detail % handled.length];
  if (again === undefined) return false;
  tell(stage, id, again.command);
  return true;
}

/** Given by one caller under an idempotency key, or made anew each time: these are never delivered late. */
const ONCE: readonly RentalCommand['type'][] = ['IssueCredential', 'SignPlan'];

function quotesOf({ world, told }: Stage): readonly KnownQuote[] {
  return [...told.keys()].flatMap((id) => {
    const state = world.stateOf(rentalStream, id);
    if (state.status === 'absent') return [];
    const { rentalId, payment, quote } = state.rental;
    const open = state.status === 'requested' && world.now <= quote.expiresAt;
    return [{ rentalId, reference: payment.reference, totalMicroUsdc: quote.totalMicroUsdc, open }];
  });
}
