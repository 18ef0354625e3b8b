/** The whole write side in one type: what a command leads to, given the facts so far; and how facts fold into a state. */

import type { Rejection } from './rejections.js';

export interface Decider<State, Command, Fact> {
  readonly initialState: State;
  readonly decide: (state: State, command: Command) => Outcome<Fact>;
  readonly evolve: (state: State, fact: Fact) => State;
}

/** A redelivered message is an outcome, not an exception: it is `ignored`, with the reason. */
export type Outcome<Fact> =
  | { readonly kind: 'accepted'; readonly facts: readonly Fact[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejection };

export const accepted = <Fact>(...facts: Fact[]): Outcome<Fact> => ({ kind: 'accepted', facts });
export const ignored = (why: string): Outcome<never> => ({ kind: 'ignored', why });
export const rejected = (rejection: Rejection): Outcome<never> => ({ kind: 'rejected', rejection });

export function fold<State, Fact>(
  decider: Pick<Decider<State, never, Fact>, 'initialState' | 'evolve'>,
  facts: Iterable<Fact>,
): State {
  let state = decider.initialState;
  for (const fact of facts) state = decider.evolve(state, fact);
  return state;
}
