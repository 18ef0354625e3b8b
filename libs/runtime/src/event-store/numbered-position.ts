/** Positions that are numbers to the store that gave them: 1, 2, 3 ... with gaps or without. */

import { BadPosition } from './port.js';

/** As Postgres' bigint has it. */
const LARGEST = 2n ** 63n - 1n;

/** Null is before the first: 0. Throws BadPosition. */
export function numberedPosition(position: string | null): bigint {
  if (position === null) return 0n;
  const number = /^\d{1,19}$/.test(position) ? BigInt(position) : LARGEST + 1n;
  if (number > LARGEST) throw new BadPosition(position);
  return number;
}
