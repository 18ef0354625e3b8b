/** Splits bytes into lines, one at a time: what is in memory is the longest line and a chunk, however long the file is. */

import { isUtf8 } from 'node:buffer';
import { BadInput } from '../exit.js';

const LINE_BREAK = 0x0a;

/** Far above any line of an export. A file without line breaks is no export, and must not be held to find that out. */
export const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/**
 * Numbers begin at 1. `name`: of what the bytes are, for words about a line of it. `isWhole`: it has its line break, which the last one may lack. Throws BadInput for a line that is longer
 * than any may be, or not UTF-8.
 */
export async function eachLine(
  bytes: AsyncIterable<Buffer>,
  name: string,
  hear: (line: string, number: number, isWhole: boolean) => void,
  longest = LONGEST_LINE_BYTES,
): Promise<void> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const hearLine = (last: Buffer, isWhole: boolean): void => {
    number += 1;
    const line = begunBytes === 0 ? last : Buffer.concat([...begun, last]);
    [begun, begunBytes] = [[], 0];
    if (isWhole && !isUtf8(line)) throw notUtf8(name, number);
    hear(line.toString('utf8'), number, isWhole);
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end !== -1; end = chunk.indexOf(LINE_BREAK, start)) {
      hearLine(chunk.subarray(start, end), true);
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    begunBytes += rest.length;
    if (begunBytes > longest) throw tooLong(name, number + 1, longest);
    if (rest.length > 0) begun.push(rest);
  }
  if (begunBytes > 0) hearLine(Buffer.alloc(0), false);
}

/**
 * The whole lines of a text that arrives in pieces, with their line breaks. One that has none, at the end, is left out: it
 * broke off. Throws as `eachLine` does, so that every line has as many bytes as were read of it.
 */
export async function* wholeLines(
  bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  longest = LONGEST_LINE_BYTES,
): AsyncGenerator<string> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(LINE_BREAK); end !== -1; end = piece.indexOf(LINE_BREAK, start)) {
      number += 1;
      const line = Buffer.concat([...begun, piece.subarray(start, end + 1)]);
      [begun, begunBytes, start] = [[], 0, end + 1];
      if (!isUtf8(line)) throw notUtf8(name, number);
      yield line.toString('utf8');
    }
    begunBytes += piece.length - start;
    if (begunBytes > longest) throw tooLong(name, number + 1, longest);
    if (start < piece.length) begun.push(Buffer.from(piece.subarray(start)));
  }
}

const tooLong = (name: string, number: number, longest: number): BadInput =>
  new BadInput(`${name}:${number} is longer than ${longest} bytes: this is no export`);

const notUtf8 = (name: string, number: number): BadInput => new BadInput(`${name}:${number} is not UTF-8`);
