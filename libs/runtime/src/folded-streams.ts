/** Folds streams for the handler, and remembers where it got to: a stream of thousands of facts costs what is new of it. */

import type { Envelope } from './event-store/envelope.js';
import type { EventStore } from './event-store/port.js';
import type { StreamKind } from './stream-kind.js';

/** Streams remembered; of more, those not asked for longest are folded from the start again. */
const REMEMBERED = 500;

export interface Folded<State> {
  readonly state: State;
  /** The stream's last fact; null where there is none. */
  readonly last: Envelope | null;
}

interface Known extends Folded<unknown> {
  readonly last: Envelope;
  /** Who folded: the same stream folded by other rules is another state. */
  readonly decider: unknown;
}

/**
 * Whatever is remembered, the store is asked each time, from the last known fact on: that fact must still be there with the
 * hash we know, and the hash stands for every fact before it. So a remembered state is what folding from the start would
 * give, whoever has appended meanwhile; otherwise it is forgotten.
 */
export class FoldedStreams {
  private readonly known = new Map<string, Known>();

  constructor(
    private readonly store: Pick<EventStore, 'read'>,
    private readonly remembered = REMEMBERED,
  ) {}

  async fold<State, Fact>(kind: StreamKind<State, never, Fact>, stream: string): Promise<Folded<State>> {
    const { decider } = kind;
    const known = this.known.get(stream);
    if (known?.decider !== decider) return this.foldOn(kind, stream, null, await this.store.read(stream));
    const [same, ...news] = await this.store.read(stream, known.last.revision);
    if (same?.hash !== known.last.hash) return this.foldOn(kind, stream, null, await this.store.read(stream));
    // Kept under the decider that folded it, so its state is that decider's.
    return this.foldOn(kind, stream, known as Folded<State>, news);
  }

  private foldOn<State, Fact>(
    { decider, decode }: StreamKind<State, never, Fact>,
    stream: string,
    from: Folded<State> | null,
    news: readonly Envelope[],
  ): Folded<State> {
    const state = news.map(decode).reduce(decider.evolve, from === null ? decider.initialState : from.state);
    const last = news.at(-1) ?? from?.last ?? null;
    if (last !== null) this.remember(stream, { state, last, decider });
    return { state, last };
  }

  private remember(stream: string, known: Known): void {
    this.known.delete(stream);
    this.known.set(stream, known);
    const [oldest] = this.known.keys();
    if (this.known.size > this.remembered && oldest !== undefined) this.known.delete(oldest);
  }
}
