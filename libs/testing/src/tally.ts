/** The smallest stream kind that can accept, ignore and reject: for specs of what carries facts, where rentals would only distract. */

import type { Envelope } from '@tokenos/runtime/event-store/envelope';
import type { Seal } from '@tokenos/runtime/handle';
import type { StreamKind } from '@tokenos/runtime/stream-kind';

export interface Counted {
  readonly type: 'Counted';
  readonly message: string;
  readonly at: number;
}

export interface TallyState {
  readonly messages: readonly string[];
}

export interface Count {
  readonly type: 'Count';
  readonly message: string;
  readonly at: number;
}

/** Counts several messages in one append. */
export interface CountAll {
  readonly type: 'CountAll';
  readonly messages: readonly string[];
  readonly at: number;
}

const LIMIT = 1_000;

/** A message counts once; more than a thousand are rejected. */
export const tally: StreamKind<TallyState, Count | CountAll, Counted> = {
  category: 'tally',
  decider: {
    initialState: { messages: [] },
    decide(state, command) {
      const asked = command.type === 'Count' ? [command.message] : command.messages;
      const fresh = asked.filter((message) => !state.messages.includes(message));
      if (fresh.length === 0) return { kind: 'ignored', why: 'counted already' };
      const count = state.messages.length + fresh.length;
      if (count > LIMIT) return { kind: 'rejected', rejection: { code: 'limit_reached', context: { count } } };
      return { kind: 'accepted', facts: fresh.map((message) => ({ type: 'Counted', message, at: command.at })) };
    },
    evolve: (state, { message }) => ({ messages: [...state.messages, message] }),
  },
  encode: ({ message, at }) => ({ type: 'Counted.v1', data: { message, at } }),
  decode({ type, data }) {
    if (type !== 'Counted.v1') throw new Error(`unknown fact ${type}`);
    return { type: 'Counted', ...(data as { readonly message: string; readonly at: number }) };
  },
};

/** A seal that chains, without cryptography. */
export const plainSeal: Seal = (previous, unsealed): Envelope => ({
  ...unsealed,
  revision: (previous?.revision ?? -1) + 1,
  prevHash: previous?.hash ?? 'root',
  hash: `hash of ${unsealed.id}`,
});
