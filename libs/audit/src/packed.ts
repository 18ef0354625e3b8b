/** Values that are wanted once more, at the end: kept as JSON, pressed together block by block, a tenth of what they take as objects. */

import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Before it is pressed: enough for what is alike in it to be found, little enough to be opened for one value. */
const BLOCK_CHARACTERS = 128 * 1_024;

interface Block {
  readonly pressed: Buffer;
  /** Where each value ends, in characters. */
  readonly ends: Uint32Array;
}

/** What JSON holds, and nothing else. What comes out is a copy. */
export class Packed<Value> {
  private readonly blocks: Block[] = [];
  /** Where each block begins, counted in values. */
  private readonly firsts: number[] = [];
  private open: string[] = [];
  private openCharacters = 0;
  private count = 0;
  /** The block that was opened last: who asks in order opens each once. */
  private shown: { readonly index: number; readonly text: string } | null = null;

  /** Gives its place, by which it is found again. */
  add(value: Value): number {
    const text = JSON.stringify(value);
    this.open.push(text);
    this.openCharacters += text.length;
    this.count += 1;
    if (this.openCharacters >= BLOCK_CHARACTERS) this.close();
    return this.count - 1;
  }

  at(place: number): Value {
    const closed = this.count - this.open.length;
    const text = place < closed ? this.inBlock(place) : this.open[place - closed];
    if (text === undefined) throw new RangeError(`nothing was put at ${place}`);
    return JSON.parse(text) as Value;
  }

  /** In the order in which they were added. */
  *[Symbol.iterator](): Generator<Value> {
    for (let place = 0; place < this.count; place++) yield this.at(place);
  }

  private close(): void {
    let end = 0;
    const ends = Uint32Array.from(this.open, (text) => (end += text.length));
    this.firsts.push(this.count - this.open.length);
    // Copied, because what comes out lies in a larger buffer that it would keep.
    const pressed = Buffer.from(deflateRawSync(this.open.join(''), { level: 1 }));
    this.blocks.push({ pressed, ends });
    this.open = [];
    this.openCharacters = 0;
  }

  private inBlock(place: number): string | undefined {
    const index = this.blockOf(place);
    const block = this.blocks[index];
    if (block === undefined) return undefined;
    if (this.shown?.index !== index) this.shown = { index, text: inflateRawSync(block.pressed).toString() };
    const nth = place - (this.firsts[index] ?? 0);
    return this.shown.text.slice(nth === 0 ? 0 : block.ends[nth - 1], block.ends[nth]);
  }

  private blockOf(place: number): number {
    let [low, high] = [0, this.firsts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((this.firsts[middle] ?? 0) <= place) low = middle;
      else high = middle;
    }
    return low;
  }
}
