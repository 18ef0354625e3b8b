/** A fact's envelope, field by field, as it lies in the store, travels on the bus and stands in an auditor's export. */

import { z } from 'zod';
import { quick } from '../facts/quick.js';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export const GENESIS_HASH = '0'.repeat(64);

const hash = z.string().regex(/^[0-9a-f]{64}$/);

export const envelopeSchema = z.strictObject({
  /** UUIDv7, stable across retries of the same append. */
  id: z.uuid(),
  /** `<category>-<id>`. */
  stream: z.string().regex(/^[a-z]+-.+$/),
  /** 0, 1, 2 ... within its stream, without gaps. */
  revision: z.int().nonnegative(),
  /** Fact type and version: `UsageMetered.v1`. */
  type: z.string().regex(/^[A-Z][A-Za-z]+\.v[1-9]\d*$/),
  /** RFC 3339 UTC; never runs backwards within a stream. */
  at: z.iso.datetime(),
  /** The service that appended it. */
  by: z.string().min(1),
  correlationId: z.string().min(1),
  causationId: z.string().min(1),
  data: z.json(),
  /** Hash of the fact before it in this stream; 64 zeros for the first. */
  prevHash: hash,
  /** SHA-256, hex, over prevHash and the canonical JSON (RFC 8785) of everything but the two hashes. */
  hash,
});

export interface Envelope {
  readonly id: string;
  readonly stream: string;
  readonly revision: number;
  readonly type: string;
  readonly at: string;
  readonly by: string;
  readonly correlationId: string;
  readonly causationId: string;
  readonly data: Json;
  readonly prevHash: string;
  readonly hash: string;
}

const quickEnvelope = quick(
  envelopeSchema,
  new Map([[envelopeSchema.shape.data, { accepts: isPlainJson, decode: (data: unknown) => data }]]),
);

/** Whether it has the form of one. */
export const isEnvelope = (value: unknown): value is Envelope =>
  quickEnvelope.accepts(value) || envelopeSchema.safeParse(value).success;

/** JSON as a parser makes it; of anything else the schema must say. */
function isPlainJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return value === null || PLAIN.includes(typeof value);
  if (Array.isArray(value)) return value.every(isPlainJson);
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(([name, member]) => name !== '__proto__' && isPlainJson(member));
}

const PLAIN = ['string', 'boolean'];

export const categoryOf = (stream: string): string => stream.slice(0, stream.indexOf('-'));
export const idOf = (stream: string): string => stream.slice(stream.indexOf('-') + 1);
