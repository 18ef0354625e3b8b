/** Splits bytes into lines, one at a time: what is in memory is the longest line and a chunk, however long the file is. */

import { BadInput } from '../exit.js';

const LINE_BREAK = 0x0a;

/** Far above any line of an export. A file without line breaks is no export, and must not be held to find that out. */
export const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

/** Numbers begin at 1. The last line may lack its line break. Throws BadInput for a line that is longer than any may be. */
export async function eachLine(
  bytes: AsyncIterable<Buffer>,
  hear: (line: string, number: number) => void,
  longest = LONGEST_LINE_BYTES,
): Promise<void> {
  let number = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  const hearLine = (last: Buffer): void => {
    number += 1;
    const line = begunBytes === 0 ? last : Buffer.concat([...begun, last]);
    [begun, begunBytes] = [[], 0];
    hear(line.toString('utf8'), number);
  };
  for await (const chunk of bytes) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_BREAK); end !== -1; end = chunk.indexOf(LINE_BREAK, start)) {
      hearLine(chunk.subarray(start, end));
      start = end + 1;
    }
    const rest = chunk.subarray(start);
    begunBytes += rest.length;
    if (begunBytes > longest)
      throw new BadInput(`line ${number + 1} is longer than ${longest} bytes: this is no export`);
    if (rest.length > 0) begun.push(rest);
  }
  if (begunBytes > 0) hearLine(Buffer.alloc(0));
}

/** The whole lines of a text that arrives in pieces, with their line breaks. One that has none, at the end, is left out: it broke off. */
export async function* wholeLines(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string> {
  let begun: Buffer[] = [];
  for await (const piece of bytes) {
    let start = 0;
    for (let end = piece.indexOf(LINE_BREAK); end !== -1; end = piece.indexOf(LINE_BREAK, start)) {
      yield Buffer.concat([...begun, piece.subarray(start, end + 1)]).toString('utf8');
      [begun, start] = [[], end + 1];
    }
    if (start < piece.length) begun.push(Buffer.from(piece.subarray(start)));
  }
}
