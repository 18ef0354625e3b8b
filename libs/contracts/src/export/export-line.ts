/**
 * An auditor's export, line by line (NDJSON): a header, facts in the store's global order or the evidence behind minutes, and
 * an end that says how much there was, so that a download which broke off cannot pass for a whole one. Facts and evidence are
 * two downloads; one after the other in one file they are still an export.
 */

import { z } from 'zod';
import { type Envelope, envelopeSchema } from '../envelope/envelope.js';

export const EXPORT_FORMAT = 'tokenos-export@1';
export const EXPORT_MEDIA_TYPE = 'application/x-ndjson';

/**
 * A place in the store's global order, in an export of one stream's facts the fact's revision: opaque, handed back as `after`
 * to go on from there.
 */
const position = z.string().min(1).max(100);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

export const exportHeader = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  holds: z.enum(['facts', 'evidence']),
  /** Where this export begins: null is before the first fact. */
  after: position.nullable(),
  /** Only this stream, or null: all of them. */
  stream: z.string().nullable(),
});

const envelope: z.ZodType<Envelope> = envelopeSchema;
export const exportedFact = z.strictObject({ position, fact: envelope });

/** The very bytes whose SHA-256 stands in a UsageMetered: canonical JSON, as text, so that nobody's parser changes them. */
export const exportedEvidence = z.strictObject({
  /** Of the UsageMetered that names it. */
  position,
  evidence: z.strictObject({ sha256, rentalId: z.uuid(), firstMinute: z.int().nonnegative(), body: z.string() }),
});
export type ExportedEvidence = z.output<typeof exportedEvidence>['evidence'];

export const exportEnd = z.strictObject({
  end: z.strictObject({
    /** Of the last fact that was looked at, exported or not; what the header says where there was none. */
    position: position.nullable(),
    facts: z.int().nonnegative(),
    evidence: z.int().nonnegative(),
  }),
});

export const exportLine = z.union([exportedFact, exportedEvidence, exportHeader, exportEnd]);
export type ExportLine = z.output<typeof exportLine>;
