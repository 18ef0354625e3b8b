/** Looks over JSON text without reading it: where a value ends, if it stands there in canonical form (RFC 8785) already. */

const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** Whole numbers of so many digits are what they say, as floats too. */
const EXACT_DIGITS = 15;
/** Deeper than any fact; what is deeper is for a parser to judge. */
const DEEPEST = 32;

/** What cannot be told by looking: the text may be canonical all the same, and a parser must say. */
export const UNSURE = -1;

/**
 * The index behind the value that begins at `start`; UNSURE unless every member is in order, nothing is escaped, numbers are
 * whole and short, and there is no white space.
 */
export function canonicalEnd(text: string, start: number, depth = 0): number {
  const first = text.charCodeAt(start);
  if (first === QUOTE) return stringEnd(text, start);
  if (first === OPEN) return depth > DEEPEST ? UNSURE : objectEnd(text, start, depth + 1);
  if (first === OPEN_LIST) return depth > DEEPEST ? UNSURE : listEnd(text, start, depth + 1);
  if (first === MINUS || (first >= ZERO && first <= NINE)) return integerEnd(text, start);
  for (const word of ['null', 'true', 'false']) if (text.startsWith(word, start)) return start + word.length;
  return UNSURE;
}

/** The index behind the string that begins at `start`, if nothing in it is escaped, or a half of a surrogate pair. */
export function stringEnd(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    // Behind the end it is NaN, which is in no order with any number.
    if (unit === BACKSLASH || unit < SPACE || !(unit < 0xd800 || unit > 0xdfff)) return UNSURE;
  }
}

/** The index behind a whole number, if a float holds every one of so many digits. */
export function integerEnd(text: string, start: number): number {
  const isNegative = text.charCodeAt(start) === MINUS;
  const digits = isNegative ? start + 1 : start;
  let at = digits;
  while (text.charCodeAt(at) >= ZERO && text.charCodeAt(at) <= NINE) at += 1;
  const isZero = text.charCodeAt(digits) === ZERO;
  if (at === digits || at - digits > EXACT_DIGITS || (isZero && (isNegative || at - digits > 1))) return UNSURE;
  // A fraction or an exponent goes on: whoever comes next finds neither comma nor end there.
  return at;
}

function listEnd(text: string, start: number, depth: number): number {
  if (text.charCodeAt(start + 1) === CLOSE_LIST) return start + 2;
  for (let at = start + 1; ; at += 1) {
    at = canonicalEnd(text, at, depth);
    if (at === UNSURE) return UNSURE;
    const next = text.charCodeAt(at);
    if (next === CLOSE_LIST) return at + 1;
    if (next !== COMMA) return UNSURE;
  }
}

function objectEnd(text: string, start: number, depth: number): number {
  if (text.charCodeAt(start + 1) === CLOSE) return start + 2;
  let before = UNSURE;
  for (let at = start + 1; ; at += 1) {
    if (text.charCodeAt(at) !== QUOTE || (before !== UNSURE && !isBefore(text, before, at))) return UNSURE;
    before = at;
    at = stringEnd(text, at);
    if (at === UNSURE || text.charCodeAt(at) !== COLON) return UNSURE;
    at = canonicalEnd(text, at + 1, depth);
    if (at === UNSURE) return UNSURE;
    const next = text.charCodeAt(at);
    if (next === CLOSE) return at + 1;
    if (next !== COMMA) return UNSURE;
  }
}

/** Of two names in quotes, neither escaped: whether the first comes before the second by UTF-16 code units. */
function isBefore(text: string, first: number, second: number): boolean {
  for (let index = 1; ; index++) {
    const [a, b] = [text.charCodeAt(first + index), text.charCodeAt(second + index)];
    if (a === b && a !== QUOTE) continue;
    // The shorter of two that begin alike comes first; names have characters below the quote as well.
    if (a === QUOTE || b === QUOTE) return a === QUOTE && b !== QUOTE;
    return a < b;
  }
}
