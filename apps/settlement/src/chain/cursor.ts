/** How far an account was scanned, so that nothing is missed and nothing handed out twice, also when blocks are dropped before they are final. */

import type { AccountMark } from './port.js';
import type { SignatureEntry } from './wire.js';

export const UNSCANNED: AccountMark = { until: null, seen: [], balance: '0' };

/** Of a listing (newest first, everything since `mark.until`), what was not handed out yet; oldest first. */
export function unseen(listed: readonly SignatureEntry[], mark: AccountMark): SignatureEntry[] {
  const seen = new Set(mark.seen);
  return settled(listed).filter(({ signature }) => !seen.has(signature));
}

/**
 * The mark once everything unseen up to and including `last` was handed out. `until` moves over finalized entries only: an
 * entry that is merely confirmed may be dropped, and stays in `seen` until it is final or gone.
 */
export function advance(listed: readonly SignatureEntry[], mark: AccountMark, last: string | null): AccountMark {
  const oldestFirst = settled(listed);
  const end = oldestFirst.findIndex(({ signature }) => signature === last);
  const handedOut = new Set([...mark.seen, ...oldestFirst.slice(0, end + 1).map(({ signature }) => signature)]);
  const open = oldestFirst.findIndex(
    ({ signature, confirmationStatus }) => confirmationStatus !== 'finalized' || !handedOut.has(signature),
  );
  const closed = open === -1 ? oldestFirst.length : open;
  const after = oldestFirst.slice(closed).map(({ signature }) => signature);
  return {
    ...mark,
    until: oldestFirst[closed - 1]?.signature ?? mark.until,
    seen: after.filter((signature) => handedOut.has(signature)),
  };
}

/** Some nodes list what is only processed, whatever was asked for. */
const settled = (listed: readonly SignatureEntry[]): SignatureEntry[] =>
  listed.filter(({ confirmationStatus }) => confirmationStatus !== 'processed').reverse();
