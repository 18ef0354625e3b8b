/** The one way to append facts: load, decide, seal, append at the exact expected revision, and decide again on conflict. */

import type { Clock } from './clock.js';
import type { Envelope } from './event-store/envelope.js';
import { type EventStore, FactTooLarge, NO_STREAM, RevisionConflict } from './event-store/port.js';
import { FoldedStreams } from './folded-streams.js';
import type { Ids } from './ids.js';
import { type Rejected, type StreamKind, streamName } from './stream-kind.js';

/** Decides and appends again this many times before a conflict surfaces: a stream fought over longer is a fault, not luck. */
const MAX_ATTEMPTS = 8;

/** What led to a command; both ids come from the request or fact at hand. */
export interface Cause {
  readonly correlationId: string;
  readonly causationId: string;
}

export interface Loaded<State> {
  readonly state: State;
  /** -1 where the stream does not exist. */
  readonly revision: number;
}

/** `state` and `revision` are those after the command; a rejected or ignored command leaves them as they were. */
export type Handled<State, Fact> = { readonly state: State; readonly revision: number } & (
  | { readonly kind: 'accepted'; readonly facts: readonly Fact[]; readonly envelopes: readonly Envelope[] }
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'rejected'; readonly rejection: Rejected }
);

export type Seal = (
  previous: { readonly revision: number; readonly hash: string } | null,
  unsealed: Omit<Envelope, 'revision' | 'prevHash' | 'hash'>,
) => Envelope;

export interface HandlerParts {
  readonly store: EventStore;
  readonly clock: Clock;
  readonly ids: Ids;
  /** The service that appends: the envelope's `by`. */
  readonly by: string;
  readonly seal: Seal;
  /** Throws when this process's clock cannot be trusted; asked before every append. */
  readonly checkClock?: () => Promise<void>;
}

export interface Handler {
  load<State, Fact>(kind: StreamKind<State, never, Fact>, id: string): Promise<Loaded<State>>;
  /**
   * `command` is made from the append's own time (epoch ms of this platform), which never runs backwards within a stream,
   * and is made again whenever a conflict makes us decide again. Throws RevisionConflict after eight lost races, and
   * whatever the store throws; handling the same message again is then safe, because deciders ignore what they know.
   * (`const` keeps `type: 'StopRental'` a literal without an annotation.)
   */
  handle<State, const Command, Fact>(
    kind: StreamKind<State, Command, Fact>,
    id: string,
    command: (at: number) => Command,
    cause?: Cause,
  ): Promise<Handled<State, Fact>>;
}

export function createHandler({ store, clock, ids, by, seal, checkClock }: HandlerParts): Handler {
  const streams = new FoldedStreams(store);

  /** A lost answer is asked for again: the store knows these envelopes by their ids, so nothing is stored twice. */
  async function append(stream: string, expected: number, envelopes: readonly Envelope[]): Promise<void> {
    try {
      await store.append(stream, expected, envelopes);
    } catch (error) {
      if (error instanceof RevisionConflict || error instanceof FactTooLarge) throw error;
      await store.append(stream, expected, envelopes);
    }
  }

  async function attempt<State, Command, Fact>(
    kind: StreamKind<State, Command, Fact>,
    stream: string,
    command: (at: number) => Command,
    cause: Cause,
  ): Promise<Handled<State, Fact>> {
    const { state, last } = await streams.fold(kind, stream);
    const revision = last?.revision ?? NO_STREAM;
    const at = Math.max(clock.now(), last === null ? 0 : Date.parse(last.at));
    const decision = kind.decider.decide(state, command(at));
    if (decision.kind !== 'accepted') return { ...decision, state, revision };

    const envelopes: Envelope[] = [];
    for (const fact of decision.facts) {
      const unsealed = { id: ids.next(), stream, ...kind.encode(fact), at: new Date(at).toISOString(), by, ...cause };
      envelopes.push(seal(envelopes.at(-1) ?? last, unsealed));
    }
    await checkClock?.();
    await append(stream, revision, envelopes);
    const { facts } = decision;
    return {
      kind: 'accepted',
      facts,
      envelopes,
      state: facts.reduce(kind.decider.evolve, state),
      revision: revision + facts.length,
    };
  }

  return {
    async load(kind, id) {
      const { state, last } = await streams.fold(kind, streamName(kind.category, id));
      return { state, revision: last?.revision ?? NO_STREAM };
    },

    async handle(kind, id, command, cause) {
      const origin = ids.next();
      const because = cause ?? { correlationId: origin, causationId: origin };
      for (let tries = 1; ; tries++) {
        try {
          return await attempt(kind, streamName(kind.category, id), command, because);
        } catch (error) {
          if (!(error instanceof RevisionConflict) || tries === MAX_ATTEMPTS) throw error;
        }
      }
    },
  };
}
