/** Who and when in the little history. */

/** Looks like a base58 address; `name` must hold none of 0, O, I, l. */
export const address = (name: string): string => name.padEnd(44, '1');
export const signature = (name: string): string => name.padEnd(88, '2');
/** Ten o'clock on the day, `mm:ss` later. */
export const time = (clock: string): string => `2026-11-23T10:${clock}.000Z`;

const uuid = (n: number): string => `00000000-0000-7000-8000-00000000000${n}`;
/** Served two of three minutes, stopped and settled / expired unpaid / paid short / failed once, stopped before the start. */
export const [SERVED, EXPIRED, SHORT, STOPPED] = [1, 2, 3, 4].map((n) => `rental-${uuid(n)}`) as [
  string,
  string,
  string,
  string,
];
export const [NODE_A, NODE_B] = [uuid(5), uuid(6)] as [string, string];
export const STRAY = `payment-${signature('stray')}`;
