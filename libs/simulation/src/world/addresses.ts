/** Names for made-up things that look on the wire as real ones do, and tell a reader of a transcript what they are. */

/** base58 has no 0, O, I and l. */
const base58 = (label: string): string => label.replaceAll(/[0OIl]/g, 'x');

/** A Solana address that begins with `label`. */
export const address = (label: string): string => base58(label).padEnd(44, '1');

/** The nth Solana signature of its kind; no such begins another. */
export const signature = (label: string, n: number): string =>
  base58(`${label}${n.toString().replaceAll('0', 'z')}y`).padEnd(88, '1');

/** The nth UUIDv7 of its kind; `kind` is one hex digit. */
export const uuid = (kind: string, n: number): string =>
  `01990000-000${kind}-7000-8000-${n.toString(16).padStart(12, '0')}`;
