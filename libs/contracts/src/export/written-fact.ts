/** Reads an exported fact from its line, without a parser for more than its data: an export has a million of them. */

import { readWritten, type Written } from '../envelope/written.js';

export interface WrittenFact extends Written {
  readonly position: string;
}

const POSITION = /\{"position":"([\w:/+=-]{1,100})","fact":/y;

/** Null for any other line, and for one that is unusual: then a parser and the schema must say. */
export function readWrittenFact(line: string): WrittenFact | null {
  POSITION.lastIndex = 0;
  const position = POSITION.exec(line)?.[1];
  const written = position === undefined ? null : readWritten(line, POSITION.lastIndex);
  if (position === undefined || written === null || written.end + 1 !== line.length || !line.endsWith('}')) return null;
  return { position, envelope: written.envelope, body: written.body, end: line.length };
}
