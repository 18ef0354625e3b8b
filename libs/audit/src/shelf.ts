/** Folds by stream: those that are done with are packed away, and taken out again should their stream go on. */

import { Packed } from './packed.js';

export class Shelf<Value> {
  private readonly atHand = new Map<string, Value>();
  private readonly away = new Map<string, number>();
  private readonly packed = new Packed<Value>();

  /** `isDone`: nothing more is expected, and nobody else holds on to any part of it. */
  constructor(private readonly isDone: (value: Value) => boolean) {}

  get size(): number {
    return this.atHand.size + this.away.size;
  }

  has(stream: string): boolean {
    return this.atHand.has(stream) || this.away.has(stream);
  }

  get(stream: string): Value | null {
    const place = this.away.get(stream);
    return place === undefined ? (this.atHand.get(stream) ?? null) : this.packed.at(place);
  }

  set(stream: string, value: Value): void {
    if (this.isDone(value)) {
      this.away.set(stream, this.packed.add(value));
      this.atHand.delete(stream);
    } else {
      this.away.delete(stream);
      this.atHand.set(stream, value);
    }
  }

  /** Those that are not done with. */
  open(): Iterable<readonly [stream: string, value: Value]> {
    return this.atHand;
  }

  *[Symbol.iterator](): Generator<readonly [stream: string, value: Value]> {
    for (const [stream, place] of this.away) yield [stream, this.packed.at(place)];
    yield* this.atHand;
  }
}
