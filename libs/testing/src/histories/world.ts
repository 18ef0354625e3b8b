/** A platform in memory: streams, a clock that only moves forward, and every fact sealed as the store would have it. */

import type { Envelope } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';
import type { StreamKind } from '@tokenos/contracts/facts/streams';
import type { Outcome } from '@tokenos/domain/decider';
import type { Millis } from '@tokenos/domain/time';
import { T0 } from '../generators/sample-facts.js';
import { uuid } from '../generators/names.js';

/** One command and what came of it; `before` and `after` are the states around it. */
export interface Told<State, Command, Fact> {
  readonly command: Command;
  readonly before: State;
  readonly outcome: Outcome<Fact>;
  readonly after: State;
}

export interface World {
  now: Millis;
  readonly envelopes: Envelope[];
  /** The next number that nobody had before. */
  readonly next: () => number;
  /** Decides and, where accepted, appends at the world's time, by the named service. */
  readonly give: <State, Command, Fact>(
    kind: StreamKind<State, Command, Fact>,
    id: string,
    by: string,
    command: Command,
  ) => Told<State, Command, Fact>;
  readonly stateOf: <State, Command, Fact>(kind: StreamKind<State, Command, Fact>, id: string) => State;
}

export function createWorld(): World {
  const envelopes: Envelope[] = [];
  const states = new Map<string, unknown>();
  const heads = new Map<string, Envelope>();
  let count = 0;

  const world: World = {
    now: T0,
    envelopes,
    next: () => ++count,
    stateOf<State>(kind: { category: string; decider: { initialState: State } }, id: string): State {
      const stream = `${kind.category}-${id}`;
      return states.has(stream) ? (states.get(stream) as State) : kind.decider.initialState;
    },
    give(kind, id, by, command) {
      const stream = `${kind.category}-${id}`;
      const before = world.stateOf(kind, id);
      const outcome = kind.decider.decide(before, command);
      let after = before;
      for (const fact of outcome.kind === 'accepted' ? outcome.facts : []) {
        after = kind.decider.evolve(after, fact);
        const unsealed = {
          id: uuid('e', envelopes.length),
          stream,
          ...kind.encode(fact),
          at: new Date(world.now).toISOString(),
          by,
          correlationId: id,
          causationId: id,
        };
        const envelope = seal(heads.get(stream) ?? null, unsealed);
        heads.set(stream, envelope);
        envelopes.push(envelope);
      }
      states.set(stream, after);
      return { command, before, outcome, after };
    },
  };
  return world;
}
