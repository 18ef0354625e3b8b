/** The wire forms that facts share: money as a decimal string of micro-USDC, time as RFC 3339 UTC. One schema both decodes and encodes. */

import { usdc, type MicroUsdc } from '@tokenos/domain/money';
import { z } from 'zod';
import { millisOf } from './instant-text.js';
import type { Quick } from './quick.js';

const DIGITS = /^(0|[1-9][0-9]{0,30})$/;
const digits = z.string().regex(DIGITS, 'expected a whole number as a decimal string');

export const bigIntText = z.codec(digits, z.bigint(), {
  decode: (text) => BigInt(text),
  encode: (value) => value.toString(),
});

export const microUsdc = z.codec(
  digits,
  z.custom<MicroUsdc>((value) => typeof value === 'bigint'),
  {
    decode: (text) => usdc(BigInt(text)),
    encode: (amount) => amount.toString(),
  },
);

/** One spelling only, with milliseconds, so that a decoded fact encodes to the same bytes again. */
export const instant = z.codec(z.iso.datetime({ precision: 3 }), z.int(), {
  decode: (text) => Date.parse(text),
  encode: (millis) => new Date(millis).toISOString(),
});

/** `2026-11-25`. */
export const utcDay = z.iso.date();

export const bps = z.int().min(0).max(10_000);
export const count = z.int().nonnegative();
export const text = z.string();
export const id = z.string().min(1);
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
/** A Solana address or signature, base58. */
export const base58 = z.string().regex(/^[1-9A-HJ-NP-Za-km-z]{32,90}$/);

const isDigits = (value: unknown): boolean => typeof value === 'string' && DIGITS.test(value);

/** What the codecs above accept and decode, for those who read a million facts (quick.ts). */
export const quickCodecs: ReadonlyMap<unknown, Quick> = new Map<unknown, Quick>([
  [bigIntText, { accepts: isDigits, decode: (text) => BigInt(text as string) }],
  [microUsdc, { accepts: isDigits, decode: (text) => usdc(BigInt(text as string)) }],
  [
    instant,
    {
      accepts: (value) => typeof value === 'string' && !Number.isNaN(millisOf(value)),
      decode: (text) => millisOf(text as string),
    },
  ],
]);
