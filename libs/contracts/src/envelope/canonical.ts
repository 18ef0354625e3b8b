/** Canonical JSON (RFC 8785) and SHA-256 over it: what hashes and signatures of this platform are computed on. */

import canonicalize from 'canonicalize';
import { hash } from 'node:crypto';

/**
 * Throws a TypeError on anything JSON cannot hold (bigint, undefined at the top).
 *
 * RFC 8785 is what JSON.stringify writes, with members in order; it is four times faster than the package, which writes only
 * what is unusual. A spec shows that nobody can tell the two apart.
 */
export function canonical(value: unknown): string {
  const inOrder = ordered(value);
  const text = inOrder === undefined ? undefined : JSON.stringify(inOrder);
  // Half a surrogate pair is escaped, and has no canonical form.
  if (text !== undefined && !text.includes('\\ud')) return text;
  const unusual = canonicalize(value);
  if (unusual === undefined) throw new TypeError('not representable as JSON');
  return unusual;
}

/** The same value with its members in canonical order, so that JSON.stringify writes what `canonical` does; itself where it has none. */
export const inCanonicalOrder = <Value>(value: Value): Value => (ordered(value) ?? value) as Value;

export const sha256Hex = (text: string): string => hash('sha256', text, 'hex');

/** The same value with every object's members in order, itself where they are; undefined where something unusual is in it. */
function ordered(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return Number.isFinite(value) ? value : undefined;
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? orderedList(value) : orderedObject(value as Members);
    default:
      return undefined;
  }
}

type Members = Readonly<Record<string, unknown>>;

function orderedList(list: readonly unknown[]): readonly unknown[] | undefined {
  let copy: unknown[] | null = null;
  for (let index = 0; index < list.length; index++) {
    const inOrder = ordered(list[index]);
    if (inOrder === undefined) return undefined;
    if (inOrder !== list[index]) copy ??= [...list];
    if (copy !== null) copy[index] = inOrder;
  }
  return copy ?? list;
}

/** Members by UTF-16 code units, as RFC 8785 asks. */
function orderedObject(object: Members): Members | undefined {
  if (typeof object['toJSON'] === 'function') return undefined;
  const keys = Object.keys(object);
  let isSame = true;
  for (let index = 1; isSame && index < keys.length; index++) isSame = (keys[index - 1] ?? '') < (keys[index] ?? '');
  const copy: Record<string, unknown> = {};
  for (const key of isSame ? keys : keys.sort()) {
    const inOrder = isOddName(key) ? undefined : ordered(object[key]);
    if (inOrder === undefined) return undefined;
    isSame &&= inOrder === object[key];
    copy[key] = inOrder;
  }
  return isSame ? object : copy;
}

/** An object puts members whose names are numbers first, whatever is done, and takes this one name for something else. */
const isOddName = (key: string): boolean => (key >= '0' && key < ':') || key === '__proto__';
