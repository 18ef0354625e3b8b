/** What the gateway asks metering for on the bus, and what it is told: one piece of the evidence behind minutes, by its hash. */

import { z } from 'zod';
import { sha256 } from '../facts/codec.js';

/**
 * Characters of one piece. A message may be a megabyte; a character takes four bytes at most, in UTF-8 or escaped in JSON:
 * what JSON spells longer cannot stand in JSON as it is, and evidence is JSON.
 */
export const PIECE_CHARACTERS = 150_000;

export const evidenceAsk = z.strictObject({
  sha256,
  /** From this character (code point) on. */
  from: z.int().nonnegative(),
});
export type EvidenceAsk = z.output<typeof evidenceAsk>;

export const evidencePiece = z.strictObject({
  /** Null: nothing is kept under this hash, or not any more. */
  text: z.string().nullable(),
  /** Where the next piece begins; null after the last. */
  next: z.int().positive().nullable(),
});
export type EvidencePiece = z.output<typeof evidencePiece>;
