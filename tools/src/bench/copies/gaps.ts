/** Text with gaps: where a told story says who, which and when, each copy of it says something else. */

import { DAY } from '@tokenos/domain/time';

/** What one copy puts into the gaps. */
export interface Filling {
  /** Six hexadecimal digits, in the middle of every UUID, and for the first of every hash of evidence. */
  readonly hex: string;
  /** Six base58 digits, at the end of every address and signature. */
  readonly base58: string;
  /** The copy's number, in the names of GPUs and buyers. */
  readonly number: string;
  /** `2026-11-25`, by how many days it is after the story's first. */
  readonly dayAfter: (days: number) => string;
}

type Gap = (filling: Filling) => string;

/** What is the same in every copy stands between what is not. */
export type Gapped = readonly (string | Gap)[];

const NAMES =
  /(?<uuid>\b[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}\b)|(?<evidence>(?<="evidenceSha256":")[0-9a-f]{6})|(?<word>\bGPU-|\bbuyer-)|(?<day>\b\d{4}-\d\d-\d\d(?=T\d\d:|"))|(?<base58>(?<![\w+/=])[1-9A-HJ-NP-Za-km-z]{43,90}(?![\w+/=]))/g;
/** Looks like base58, and is not: a hash, or minutes that were all served. */
const NO_NAME = /^([0-9a-f]{64}|1+)$/;
/** One treasury, one mint, one chain in all copies. */
const SHARED = /^(USDCmint|Treasury|Genesis)/;

/** `firstDay`: of the story, in days since 1970-01-01. */
export function gapped(text: string, firstDay: number): Gapped {
  const parts: (string | Gap)[] = [];
  let done = 0;
  for (const match of text.matchAll(NAMES)) {
    const [name] = match;
    const { uuid, evidence, word, day, base58 } = match.groups ?? {};
    if (base58 !== undefined && (NO_NAME.test(base58) || SHARED.test(base58))) continue;
    parts.push(text.slice(done, match.index));
    done = match.index + name.length;
    if (uuid !== undefined) {
      const [start, end] = [uuid.slice(0, 15), uuid.slice(23)];
      parts.push(({ hex }) => `${start}${hex.slice(0, 3)}-8${hex.slice(3)}${end}`);
    } else if (day !== undefined) {
      const after = Date.parse(day) / DAY - firstDay;
      parts.push(({ dayAfter }) => dayAfter(after));
    } else if (evidence !== undefined) parts.push(({ hex }) => hex);
    else if (word !== undefined) parts.push(({ number }) => `${word}${number}-`);
    else parts.push((filling) => name.slice(0, -6) + filling.base58);
  }
  parts.push(text.slice(done));
  return parts;
}

export function filled(gaps: Gapped, filling: Filling): string {
  let text = '';
  for (const part of gaps) text += typeof part === 'string' ? part : part(filling);
  return text;
}

const BASE58 = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Of the nth copy, begun so many days after 1970-01-01. */
export function fillingOf(copy: number, begunOn: number): Filling {
  let base58 = '';
  for (let left = copy; base58.length < 6; left = Math.floor(left / 58)) base58 = (BASE58[left % 58] ?? '') + base58;
  const days: string[] = [];
  return {
    hex: copy.toString(16).padStart(6, '0'),
    base58,
    number: copy.toString(),
    dayAfter: (after) => (days[after] ??= new Date((begunOn + after) * DAY).toISOString().slice(0, 10)),
  };
}
