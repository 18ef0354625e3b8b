/** The facts of `operator-<id>` and their decider: who is paid, and where. */

import { accepted, ignored, rejected, type Decider, type Outcome } from '../decider.js';
import type { Day } from '../day.js';
import type { Reputation, ReputationInputs } from '../reputation/reputation.js';
import { HOUR, type Millis } from '../time.js';

/** A new payout wallet waits this long, so that a stolen token cannot empty the next payout unnoticed. */
export const WALLET_CHANGE_AFTER: Millis = 48 * HOUR;

export interface OperatorRegistered {
  readonly operatorId: string;
  /** Payout wallet; must already have a USDC token account. */
  readonly wallet: string;
}

export interface OperatorWalletChanged {
  readonly wallet: string;
  readonly effectiveAt: Millis;
}

export interface ReputationRecomputed extends Reputation {
  readonly rules: string;
  /** The score stands from this UTC day on. */
  readonly day: Day;
  readonly inputs: ReputationInputs;
}

export type OperatorFact =
  | { readonly type: 'OperatorRegistered'; readonly data: OperatorRegistered }
  | { readonly type: 'OperatorWalletChanged'; readonly data: OperatorWalletChanged }
  | { readonly type: 'ReputationRecomputed'; readonly data: ReputationRecomputed };

export type GatewayOperatorCommand =
  | { readonly type: 'RegisterOperator'; readonly operatorId: string; readonly wallet: string }
  | { readonly type: 'ChangeWallet'; readonly at: Millis; readonly wallet: string };

export type ReputationCommand = { readonly type: 'RecordReputation'; readonly recomputed: ReputationRecomputed };

export type OperatorCommand = GatewayOperatorCommand | ReputationCommand;

export type OperatorState =
  | { readonly status: 'absent' }
  | {
      readonly status: 'registered';
      readonly operatorId: string;
      readonly wallet: string;
      /** Replaces `wallet` from its time on; null where none is on its way. */
      readonly change: OperatorWalletChanged | null;
      /** The latest score; null before the first. */
      readonly reputation: ReputationRecomputed | null;
    };

type Registered = Extract<OperatorState, { status: 'registered' }>;

/** Where a payout of this moment goes. */
export const walletAt = ({ wallet, change }: Pick<Registered, 'wallet' | 'change'>, at: Millis): string =>
  change !== null && at >= change.effectiveAt ? change.wallet : wallet;

function decide(state: OperatorState, command: OperatorCommand): Outcome<OperatorFact> {
  if (command.type === 'RegisterOperator') return register(state, command);
  if (state.status === 'absent') return rejected({ code: 'operator_absent', context: {} });
  return command.type === 'ChangeWallet' ? changeWallet(state, command) : recordReputation(state, command.recomputed);
}

/** One score a day, in the order of days; a day in between that nobody computed may follow no later one. */
function recordReputation(state: Registered, recomputed: ReputationRecomputed): Outcome<OperatorFact> {
  const after = state.reputation?.day ?? '';
  if (recomputed.day === after) return ignored('computed already');
  if (recomputed.day < after) return rejected({ code: 'bad_day', context: { day: recomputed.day, after } });
  return accepted({ type: 'ReputationRecomputed', data: recomputed });
}

function register(
  state: OperatorState,
  { operatorId, wallet }: Extract<OperatorCommand, { type: 'RegisterOperator' }>,
): Outcome<OperatorFact> {
  if (state.status === 'absent') return accepted({ type: 'OperatorRegistered', data: { operatorId, wallet } });
  return state.wallet === wallet
    ? ignored('registered with this wallet already')
    : rejected({ code: 'operator_exists', context: { operatorId } });
}

/** One change at a time: a second one cannot push the first aside before its owner has had 48 hours to see it. */
function changeWallet(
  state: Registered,
  { at, wallet }: Extract<OperatorCommand, { type: 'ChangeWallet' }>,
): Outcome<OperatorFact> {
  const { change } = state;
  if (change !== null && at < change.effectiveAt) {
    return change.wallet === wallet
      ? ignored('on its way already')
      : rejected({ code: 'wallet_change_pending', context: change });
  }
  if (walletAt(state, at) === wallet) return ignored('this is its wallet');
  return accepted({ type: 'OperatorWalletChanged', data: { wallet, effectiveAt: at + WALLET_CHANGE_AFTER } });
}

function evolve(state: OperatorState, fact: OperatorFact): OperatorState {
  if (fact.type === 'OperatorRegistered') return { status: 'registered', ...fact.data, change: null, reputation: null };
  if (state.status === 'absent') return state;
  if (fact.type === 'ReputationRecomputed') return { ...state, reputation: fact.data };
  // A change follows only once the one before it is in force.
  return { ...state, wallet: state.change?.wallet ?? state.wallet, change: fact.data };
}

export const operatorDecider: Decider<OperatorState, OperatorCommand, OperatorFact> = {
  initialState: { status: 'absent' },
  decide,
  evolve,
};
