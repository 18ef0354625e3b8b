/** Histories written by hand as wire facts: change one, seal it again, and only a rule can tell. */

import type { Envelope, Json } from '@tokenos/contracts/envelope/envelope';
import { seal } from '@tokenos/contracts/envelope/seal';

export interface Entry {
  readonly stream: string;
  /** With its version: `UsageMetered.v1`. */
  readonly type: string;
  readonly at: string;
  readonly by: string;
  readonly data: { readonly [key: string]: Json };
}

/** Seals every stream as its own hash chain, in the order given. Ids are counted. */
export function sealed(entries: readonly Entry[]): Envelope[] {
  const heads = new Map<string, Envelope>();
  return entries.map((entry, index) => {
    const id = `00000000-0000-7000-8000-${index.toString(16).padStart(12, '0')}`;
    const envelope = seal(heads.get(entry.stream) ?? null, {
      ...entry,
      id,
      correlationId: 'test',
      causationId: 'test',
    });
    heads.set(entry.stream, envelope);
    return envelope;
  });
}

type Change = (entries: readonly Entry[]) => Entry[];

/** Changes one after the other. */
export const both =
  (...changes: readonly Change[]): Change =>
  (entries) =>
    changes.reduce<Entry[]>((changed, change) => change(changed), [...entries]);

/** Index of the `nth` fact of this type on this stream, from 0. Throws where there is none: a change that changes nothing proves nothing. */
export function indexOf(entries: readonly Entry[], stream: string, type: string, nth = 0): number {
  const found = entries.flatMap((entry, index) => (entry.stream === stream && entry.type === type ? [index] : []));
  const index = found[nth];
  if (index === undefined) throw new Error(`no ${type} number ${nth} on ${stream}`);
  return index;
}

const replace = (entries: readonly Entry[], index: number, change: (entry: Entry) => Entry): Entry[] =>
  entries.map((entry, at) => (at === index ? change(entry) : entry));

/** Sets the value at a path such as `gpus.0.leaseEpoch` in a fact's data. */
export const put =
  (stream: string, type: string, path: string, value: Json, nth = 0): Change =>
  (entries) =>
    replace(entries, indexOf(entries, stream, type, nth), (entry) => ({
      ...entry,
      data: within(entry.data, path.split('.'), value) as Entry['data'],
    }));

function within(node: Json, [key, ...rest]: readonly string[], value: Json): Json {
  if (key === undefined) return value;
  if (Array.isArray(node)) {
    const list = node as readonly Json[];
    return list.map((item, index) => (index === Number(key) ? within(item, rest, value) : item));
  }
  const fields = node as Readonly<Record<string, Json>>;
  return { ...fields, [key]: within(fields[key] ?? null, rest, value) };
}

/** Changes the envelope's own fields, such as `at` and `by`. */
export const dress =
  (stream: string, type: string, fields: Partial<Pick<Entry, 'at' | 'by' | 'type' | 'stream'>>, nth = 0): Change =>
  (entries) =>
    replace(entries, indexOf(entries, stream, type, nth), (entry) => ({ ...entry, ...fields }));

export const drop =
  (stream: string, type: string, nth = 0): Change =>
  (entries) =>
    entries.filter((_, index) => index !== indexOf(entries, stream, type, nth));

/** Drops this fact and all that follow it on its stream. */
export const cutFrom =
  (stream: string, type: string): Change =>
  (entries) => {
    const from = indexOf(entries, stream, type);
    return entries.filter((entry, index) => entry.stream !== stream || index < from);
  };

/** A new fact right before the `nth` of a type, dated like that one. */
export const insertBefore =
  (stream: string, type: string, entry: Pick<Entry, 'type' | 'by' | 'data'>, nth = 0): Change =>
  (entries) => {
    const index = indexOf(entries, stream, type, nth);
    const at = entries[index]?.at ?? '';
    const { type: inserted, by, data } = entry;
    return [...entries.slice(0, index), { stream, type: inserted, at, by, data }, ...entries.slice(index)];
  };

/** A second copy of the `nth` fact of a type, right before another on its stream and dated like that one. */
export const copyBefore =
  (stream: string, type: string, other: string, nth = 0): Change =>
  (entries) => {
    const copied = entries[indexOf(entries, stream, type, nth)];
    return copied === undefined ? [...entries] : insertBefore(stream, other, copied)(entries);
  };

/** Moves the `nth` fact of a type to right before another on its stream, and dates it like that one. */
export const moveBefore =
  (stream: string, type: string, other: string, nth = 0): Change =>
  (entries) => {
    const moved = entries[indexOf(entries, stream, type, nth)];
    return moved === undefined ? [...entries] : insertBefore(stream, other, moved)(drop(stream, type, nth)(entries));
  };
