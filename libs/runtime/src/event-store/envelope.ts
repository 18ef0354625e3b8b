/** A fact as it lies in the store and travels on the bus: every field, once. Sealing (the hash) is contracts' business. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export interface Envelope {
  /** UUIDv7, stable across retries of the same append. */
  readonly id: string;
  /** `<category>-<id>`, for instance `rental-0190...`. */
  readonly stream: string;
  /** Position in its stream: 0, 1, 2 ... without gaps. */
  readonly revision: number;
  /** Fact type and version: `UsageMetered.v1`. */
  readonly type: string;
  /** RFC 3339 UTC with milliseconds; never runs backwards within a stream. */
  readonly at: string;
  /** The service that appended it: exactly one author per fact type. */
  readonly by: string;
  /** The request or message that started it all. */
  readonly correlationId: string;
  /** The fact or request that led to this one. */
  readonly causationId: string;
  readonly data: Json;
  /** Hash of the fact before it in this stream; 64 zeros for the first. */
  readonly prevHash: string;
  /** SHA-256 over prevHash and the canonical JSON of the rest, hex. */
  readonly hash: string;
}

/** An envelope with its place in the store's global order. Opaque: compare only through the store that gave it. */
export interface Recorded {
  readonly envelope: Envelope;
  readonly position: string;
}
