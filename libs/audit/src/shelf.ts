/** Folds by stream: those that are done with are packed away, and taken out again should their stream go on. */

import { Packed } from './packed.js';

/** Told of what leaves and what comes back, so that sums over all need not take everything out again. */
interface Watch<Value> {
  readonly away: (value: Value) => void;
  readonly back: (value: Value) => void;
}

/** Most of what is done with is asked for once more soon after: it stays at hand until so many others are done with. */
const MAY_LINGER = 512;

export class Shelf<Value> {
  private readonly atHand = new Map<string, Value>();
  /** At hand and done with, the longest first. */
  private readonly lingering = new Set<string>();
  private readonly away = new Map<string, number>();
  private readonly packed = new Packed<Value>();

  /** `isDone`: nothing more is expected, and nobody else holds on to any part of it. */
  constructor(
    private readonly isDone: (value: Value) => boolean,
    private readonly watch: Watch<Value> = { away: () => undefined, back: () => undefined },
    private readonly mayLinger = MAY_LINGER,
  ) {}

  get size(): number {
    return this.atHand.size + this.away.size;
  }

  has(stream: string): boolean {
    return this.atHand.has(stream) || this.away.has(stream);
  }

  /** To look at: what is packed away comes as a copy. */
  get(stream: string): Value | null {
    const place = this.away.get(stream);
    return place === undefined ? (this.atHand.get(stream) ?? null) : this.packed.at(place);
  }

  /** `change` is given what there is, which it may change, and gives what is to be kept; null: nothing came of it. */
  update(stream: string, change: (value: Value | null) => Value | null): void {
    const value = change(this.take(stream));
    if (value === null) return;
    this.atHand.set(stream, value);
    this.lingering.delete(stream);
    if (this.isDone(value)) this.linger(stream);
  }

  /** Those that are not packed away. */
  open(): Iterable<readonly [stream: string, value: Value]> {
    return this.atHand;
  }

  private take(stream: string): Value | null {
    const place = this.away.get(stream);
    if (place === undefined) return this.atHand.get(stream) ?? null;
    const value = this.packed.at(place);
    this.away.delete(stream);
    this.atHand.set(stream, value);
    this.watch.back(value);
    return value;
  }

  private linger(stream: string): void {
    this.lingering.add(stream);
    if (this.lingering.size <= this.mayLinger) return;
    for (const oldest of this.lingering) {
      this.pack(oldest);
      return;
    }
  }

  private pack(stream: string): void {
    const value = this.atHand.get(stream);
    this.lingering.delete(stream);
    this.atHand.delete(stream);
    if (value === undefined) return;
    this.watch.away(value);
    this.away.set(stream, this.packed.add(value));
  }
}
