/** Names for made-up things that look as the real ones do on the wire and say in a failing test what they are. */

/** A Solana address that begins with `label` (base58: no 0, O, I or l). */
export const address = (label: string): string => label.padEnd(44, '1');

/** A Solana transaction signature that begins with `label`. */
export const signature = (label: string): string => label.padEnd(88, '1');

/** A label for the nth of many: base58, and no such label begins another. */
export const nth = (label: string, n: number): string => `${label}${n.toString().replaceAll('0', 'z')}x`;

/** The nth UUIDv7 of its kind; `kind` is one hex digit. */
export const uuid = (kind: string, n: number): string =>
  `0199a000-000${kind}-7000-8000-${n.toString(16).padStart(12, '0')}`;

/** A SHA-256 made of one hex digit. */
export const digest = (digit: string): string => digit.repeat(64);
