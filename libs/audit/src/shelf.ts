/** Folds by stream: those that are done with are packed away, and taken out again should their stream go on. */

import { Packed } from './packed.js';

interface Rules<Value> {
  /** Nothing more is expected, and nobody else holds on to any part of it. */
  readonly isDone: (value: Value) => boolean;
  /** How many that are done with may stay at hand: the longest done is packed first. */
  readonly lingering: number;
  /** Told of what leaves and what comes back, so that sums over all need not take everything out again. */
  readonly away: (value: Value) => void;
  readonly back: (value: Value) => void;
}

export class Shelf<Value> {
  private readonly atHand = new Map<string, Value>();
  /** At hand and done with, the longest first. */
  private readonly lingering = new Set<string>();
  private readonly away = new Map<string, number>();
  private readonly packed = new Packed<Value>();

  constructor(private readonly rules: Rules<Value>) {}

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
    if (this.rules.isDone(value)) this.linger(stream);
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
    this.rules.back(value);
    return value;
  }

  private linger(stream: string): void {
    this.lingering.add(stream);
    if (this.lingering.size <= this.rules.lingering) return;
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
    this.rules.away(value);
    this.away.set(stream, this.packed.add(value));
  }
}
