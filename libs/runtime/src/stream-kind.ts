/** What the runtime must know of a kind of stream: how it decides, and how its facts look in the store. */

import type { Json } from './event-store/envelope.js';

export interface Rejected {
  readonly code: string;
  readonly context: unknown;
}

export type Decision<Fact> =
  | { readonly kind: 'accepted'; readonly facts: readonly Fact[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejected };

export interface StoredFact {
  /** Fact type and version: `UsageMetered.v1`. */
  readonly type: string;
  readonly data: Json;
}

/**
 * Contravariant in Command: a kind that understands many commands is assignable to one that takes a service's own subset
 * (`const rentals: StreamKind<RentalState, MeteringCommand, RentalFact> = rentalStream`), and that is how one fact type
 * keeps exactly one author.
 */
export interface StreamKind<State, Command, Fact> {
  /** The part of the stream's name before its id: `rental`. */
  readonly category: string;
  readonly decider: {
    readonly initialState: State;
    readonly decide: (state: State, command: Command) => Decision<Fact>;
    readonly evolve: (state: State, fact: Fact) => State;
  };
  readonly encode: (fact: Fact) => StoredFact;
  /** Upcasts old versions; throws on a type it does not know. */
  readonly decode: (stored: StoredFact) => Fact;
}

export const streamName = (category: string, id: string): string => `${category}-${id}`;
