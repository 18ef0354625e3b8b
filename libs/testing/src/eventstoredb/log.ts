/** The double's memory: one log of everything in the order it was appended, with the server's rules on revisions. */

export interface ProposedEvent {
  readonly id: string;
  readonly type: string;
  readonly contentType: string;
  readonly data: Uint8Array;
  readonly metadata: Uint8Array;
}

export interface LoggedEvent extends ProposedEvent {
  readonly stream: string;
  readonly revision: number;
  /** Grows by what the event weighs, as an offset in a file does. */
  readonly position: bigint;
}

/** `head`: revision of the stream's last event, -1 where there is no stream. */
export type Appended = { readonly ok: boolean; readonly head: number };

/** What else a record weighs: so that no two positions are one apart, and none can be guessed. */
const RECORD_BYTES = 97;

export class Log {
  readonly events: LoggedEvent[] = [];
  /** Off: an append that is stored already is refused like any other at a wrong revision. */
  knowsRetries = true;
  private readonly streams = new Map<string, LoggedEvent[]>();
  private readonly listeners = new Set<() => void>();
  private end = 0n;

  /**
   * All or nothing at the exact revision (-1: no stream). What is stored at that very place already is acknowledged and not
   * stored again, whatever came after it.
   */
  append(stream: string, expected: number, proposed: readonly ProposedEvent[]): Appended {
    const before = this.streams.get(stream) ?? [];
    const head = before.length - 1;
    if (head !== expected) {
      const there = before.slice(expected + 1);
      const ok = this.knowsRetries && proposed.length > 0 && proposed.every(({ id }, index) => there[index]?.id === id);
      return { ok, head: ok ? expected + proposed.length : head };
    }
    for (const event of proposed) {
      const logged = { ...event, stream, revision: before.length, position: this.end };
      this.end += BigInt(RECORD_BYTES + event.data.length + event.metadata.length);
      before.push(logged);
      this.events.push(logged);
    }
    this.streams.set(stream, before);
    for (const listener of this.listeners) listener();
    return { ok: true, head: before.length - 1 };
  }

  /** null where there is no such stream. */
  stream(name: string): readonly LoggedEvent[] | null {
    return this.streams.get(name) ?? null;
  }

  /** Index of the first event at a position or behind it. */
  indexAt(position: bigint): number {
    let [low, high] = [0, this.events.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.events[middle]?.position ?? 0n) < position) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Told after each append; gives how to be told no more. */
  onAppend(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }
}
