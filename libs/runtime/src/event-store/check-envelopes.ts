/** What every adapter refuses before it touches its store. */

import type { Envelope } from './envelope.js';
import { type ExpectedRevision, FactTooLarge, MAX_FACT_BYTES } from './port.js';

/**
 * Throws FactTooLarge when the envelopes together take more than a megabyte of JSON, and a RangeError when they do not belong
 * to the stream or do not follow the expected revision: that is a fault of the caller. Returns their bytes of JSON.
 */
export function checkEnvelopes(stream: string, expected: ExpectedRevision, envelopes: readonly Envelope[]): number {
  if (envelopes.length === 0) throw new RangeError(`${stream}: there is nothing to append`);
  let bytes = 0;
  envelopes.forEach((envelope, index) => {
    const revision = expected + 1 + index;
    if (envelope.stream !== stream || envelope.revision !== revision) {
      throw new RangeError(
        `${envelope.stream} revision ${envelope.revision} cannot be appended as ${stream} revision ${revision}`,
      );
    }
    bytes += Buffer.byteLength(JSON.stringify(envelope));
  });
  if (bytes > MAX_FACT_BYTES) throw new FactTooLarge(stream, bytes);
  return bytes;
}
