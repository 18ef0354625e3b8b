/** Values that are wanted once more, at the end: kept as bytes, pressed together block by block, a tenth of what they take as objects. */

import { deserialize, serialize } from 'node:v8';
import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Before it is pressed: enough for what is alike in it to be found, little enough to be opened for one value. */
const BLOCK_BYTES = 128 * 1_024;

interface Block {
  readonly pressed: Buffer;
  readonly ends: Uint32Array;
}

interface Form {
  readonly write: (value: unknown) => Buffer;
  readonly read: (bytes: Buffer) => unknown;
}

/** Objects, lists, maps, sets, bigints; what stands twice in a value is still one thing afterwards. */
const STRUCTURED: Form = { write: serialize, read: deserialize };
/** For what came as JSON: twice as fast. */
export const TEXT: Form = {
  write: (value) => Buffer.from(JSON.stringify(value)),
  read: (bytes) => JSON.parse(bytes.toString()) as unknown,
};

/** Plain values only. What comes out is a copy. */
export class Packed<Value> {
  private readonly blocks: Block[] = [];
  /** Where each block begins, counted in values. */
  private readonly firsts: number[] = [];
  private open: Buffer[] = [];
  private openBytes = 0;
  private count = 0;
  /** The block that was opened last: who asks in order opens each once. */
  private shown: { readonly index: number; readonly bytes: Buffer } | null = null;

  constructor(private readonly form: Form = STRUCTURED) {}

  get size(): number {
    return this.count;
  }

  /** Gives its place, by which it is found again. */
  add(value: Value): number {
    const bytes = this.form.write(value);
    this.open.push(bytes);
    this.openBytes += bytes.length;
    this.count += 1;
    if (this.openBytes >= BLOCK_BYTES) this.close();
    return this.count - 1;
  }

  at(place: number): Value {
    const closed = this.count - this.open.length;
    const bytes = place < closed ? this.inBlock(place) : this.open[place - closed];
    if (bytes === undefined) throw new RangeError(`nothing was put at ${place}`);
    return this.form.read(bytes) as Value;
  }

  /** In the order in which they were added. */
  *[Symbol.iterator](): Generator<Value> {
    for (let place = 0; place < this.count; place++) yield this.at(place);
  }

  private close(): void {
    let end = 0;
    const ends = Uint32Array.from(this.open, (bytes) => (end += bytes.length));
    this.firsts.push(this.count - this.open.length);
    // Copied, because what comes out lies in a larger buffer that it would keep.
    const pressed = Buffer.from(deflateRawSync(Buffer.concat(this.open), { level: 1 }));
    this.blocks.push({ pressed, ends });
    this.open = [];
    this.openBytes = 0;
  }

  private inBlock(place: number): Buffer | undefined {
    const index = this.blockOf(place);
    const block = this.blocks[index];
    if (block === undefined) return undefined;
    if (this.shown?.index !== index) this.shown = { index, bytes: inflateRawSync(block.pressed) };
    const nth = place - (this.firsts[index] ?? 0);
    return this.shown.bytes.subarray(nth === 0 ? 0 : block.ends[nth - 1], block.ends[nth]);
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
